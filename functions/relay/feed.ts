import type { WebSocket } from 'ws'
import type { ScanEvent } from '../../shared/contract/events.ts'
import type { Log } from '../../shared/platform/log.ts'
import type { ScanStore, ScanWatch } from '../../shared/store/port.ts'

/** Bytes a client may lag behind before it is disconnected. */
const MAX_BUFFERED = 1024 * 1024

/** WebSocket close codes. */
export const CLOSE = { goingAway: 1001, tryAgainLater: 1013, scanErased: 4404, internal: 1011 } as const

export interface FeedOptions {
  scanId: string | undefined
  /** Replay what was stored after this event first: '' from the start, undefined for live events only. */
  after: string | undefined
}

/**
 * Forwards what the store's watch delivers to a socket that opens later: the watch must be ready before the handshake
 * completes, since an open socket promises every event from then on. Stop the returned watch when the socket closes.
 */
export function feed(
  opening: Promise<WebSocket>,
  { scanId, after }: FeedOptions,
  scans: Pick<ScanStore, 'watch'>,
  log: Log,
): ScanWatch {
  async function close(code: number, reason: string): Promise<void> {
    const socket = await opening
    watch.stop()
    socket.close(code, reason)
  }

  const watch = scans.watch(
    scanId,
    {
      async events(events) {
        const socket = await opening
        if (socket.readyState !== socket.OPEN) watch.stop()
        else if (socket.bufferedAmount > MAX_BUFFERED)
          await close(CLOSE.tryAgainLater, 'too slow, resume with after')
        else await sendAll(socket, events)
      },
      gone: () => void close(CLOSE.scanErased, 'scan erased'),
      failed(error) {
        log.error({ scan_id: scanId, err: error }, 'feed failed')
        void close(CLOSE.internal, 'resume with after')
      },
    },
    { after },
  )
  return watch
}

/** Resolves when the last event has been handed to the kernel, so that a replay goes at the client's pace. */
async function sendAll(socket: WebSocket, events: ScanEvent[]): Promise<void> {
  const last = events.at(-1)
  for (const event of events) {
    if (event !== last) socket.send(toJson(event))
  }
  // A failed send means that the socket is closing, and its close ends the feed.
  if (last) await new Promise<void>((sent) => socket.send(toJson(last), () => sent()))
}

const encoded = new WeakMap<ScanEvent, string>()

/** Encodes an event once for all the sockets that share it. */
function toJson(event: ScanEvent): string {
  const json = encoded.get(event) ?? JSON.stringify(event)
  encoded.set(event, json)
  return json
}
