import type { WebSocket } from 'ws'
import type { ScanEvent } from '../../shared/contract/events.ts'
import type { ScanStore } from '../../shared/store/port.ts'
import type { Hub } from './hub.ts'

/** Bytes a reader may lag behind before it is disconnected. */
const BUFFER_LIMIT = 1024 * 1024
const REPLAY_PAGE = 200
/** The live feed repeats nothing that was stored longer ago than this, in milliseconds (see the store's watch). */
const OVERLAP = 60_000

/** WebSocket close codes. */
export const CLOSE = { goingAway: 1001, tryAgainLater: 1013, scanErased: 4404, internal: 1011 } as const

export interface FeedOptions {
  scanId: string | undefined
  /** Replay what was stored behind this event first; '' from the start, undefined for live events only. */
  after: string | undefined
}

/**
 * Sends a socket its events until it closes. With `after` the missed ones come first, in order, and what happens
 * meanwhile is held back, so that there is no gap and no repeat where the replay meets the live feed.
 */
export async function feed(
  socket: WebSocket,
  { scanId, after }: FeedOptions,
  hub: Hub,
  scans: Pick<ScanStore, 'events'>,
): Promise<void> {
  let heldBack: [ScanEvent, string][] | undefined = after === undefined ? undefined : []
  const replayed = new Set<string>()

  const subscription = hub.subscribe(scanId, {
    event(event, json) {
      if (heldBack) heldBack.push([event, json])
      else live(event, json)
    },
    gone: () => socket.close(CLOSE.scanErased, 'scan erased'),
  })
  socket.once('close', subscription.stop)

  function live(event: ScanEvent, json: string): void {
    if (replayed.delete(event.event_id) || socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > BUFFER_LIMIT) {
      subscription.stop()
      socket.close(CLOSE.tryAgainLater, 'too slow, resume with after')
      return
    }
    socket.send(json)
  }

  if (scanId === undefined || after === undefined) return
  await subscription.ready
  const since = Date.now() - OVERLAP
  let cursor = after === '' ? undefined : after
  let resume = true
  for (;;) {
    const page = (await scans.events(scanId, { after: cursor, resume, limit: REPLAY_PAGE })) ?? []
    for (const event of page) {
      if (Date.parse(event.at) >= since) replayed.add(event.event_id)
    }
    await sendAll(socket, page)
    if (page.length < REPLAY_PAGE || socket.readyState !== socket.OPEN) break
    cursor = page.at(-1)?.event_id
    resume = false
  }
  const waiting = heldBack ?? []
  heldBack = undefined
  for (const [event, json] of waiting) live(event, json)
}

/** Resolves when the last one has left for the kernel: a replay goes at the reader's pace. */
async function sendAll(socket: WebSocket, events: ScanEvent[]): Promise<void> {
  const last = events.at(-1)
  for (const event of events) {
    if (event !== last) socket.send(JSON.stringify(event))
  }
  // A send that fails means that the socket is closing; its close handler ends the feed.
  if (last) await new Promise<void>((sent) => socket.send(JSON.stringify(last), () => sent()))
}
