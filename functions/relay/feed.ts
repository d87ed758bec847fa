import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { ScanEvent } from '../../shared/contract/events.ts'
import type { Log } from '../../shared/platform/log.ts'
import type { ScanStore, ScanWatch } from '../../shared/store/port.ts'

/** Bytes a client may lag behind before it is disconnected. */
const MAX_BUFFERED = 256 * 1024

/** WebSocket close codes. */
export const CLOSE = { goingAway: 1001, tryAgainLater: 1013, scanErased: 4404, internal: 1011 } as const

export interface FeedOptions {
  scanId: string | undefined
  /** Replay what was stored after this event first: '' from the start, undefined for live events only. */
  after: string | undefined
  /** Which of the events of all scans the client may see. */
  select?: ((events: ScanEvent[]) => Promise<ScanEvent[]>) | undefined
}

/** An open WebSocket and the connection below it, on which whole pages of events are written at once. */
export interface OpenSocket {
  client: WebSocket
  connection: Duplex
}

/**
 * Forwards what the store's watch delivers to a socket that opens later: the watch must be ready before the handshake
 * completes, since an open socket promises every event from then on. Stop the returned watch when the socket closes.
 */
export function feed(
  opening: Promise<OpenSocket>,
  { scanId, after, select }: FeedOptions,
  scans: Pick<ScanStore, 'watch'>,
  log: Log,
): ScanWatch {
  async function close(code: number, reason: string): Promise<void> {
    const { client } = await opening
    watch.stop()
    client.close(code, reason)
  }

  async function send(events: ScanEvent[]): Promise<void> {
    const { client, connection } = await opening
    if (client.readyState !== client.OPEN) watch.stop()
    else if (client.bufferedAmount > MAX_BUFFERED)
      await close(CLOSE.tryAgainLater, 'too slow, resume with after')
    else if (events.length > 0) await sendAll(connection, events)
  }

  function failed(error: unknown): void {
    log.error({ scan_id: scanId, err: error }, 'feed failed')
    void close(CLOSE.internal, 'resume with after')
  }

  // One after the other, so that events keep their order however long it takes to select them.
  let selecting: Promise<unknown> = Promise.resolve()
  const watch = scans.watch(
    scanId,
    {
      events(events) {
        if (!select) return send(events)
        const selected = select(events)
        selecting = Promise.all([selected, selecting]).then(([shown]) => void send(shown), failed)
      },
      gone: () => void close(CLOSE.scanErased, 'scan erased'),
      failed,
    },
    { after },
  )
  return watch
}

/**
 * Writes all events at once, each a frame of its own. Resolves when they have been handed to the kernel, so that a replay goes at
 * the client's pace. A failed write means that the socket is closing, and its close ends the feed.
 */
async function sendAll(connection: Duplex, events: ScanEvent[]): Promise<void> {
  await new Promise<void>((written) => connection.write(toFrames(events), () => written()))
}

const pages = new WeakMap<ScanEvent[], Buffer>()
const frames = new WeakMap<ScanEvent, Buffer>()

/** Encodes a page, and an event of several pages, once for all the sockets that share it. */
function toFrames(events: ScanEvent[]): Buffer {
  const known = pages.get(events)
  if (known) return known
  const page = Buffer.concat(
    events.map((event) => {
      const frame = frames.get(event) ?? textFrame(Buffer.from(JSON.stringify(event)))
      frames.set(event, frame)
      return frame
    }),
  )
  pages.set(events, page)
  return page
}

/** An unfragmented, unmasked text message, see RFC 6455, section 5.2. */
function textFrame(payload: Buffer): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload])
  if (length < 65_536) return Buffer.concat([Buffer.from([0x81, 126, length >> 8, length & 0xff]), payload])
  const header = Buffer.alloc(10)
  header.set([0x81, 127])
  header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}
