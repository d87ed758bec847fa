import { type DocumentSnapshot, FieldPath, type Query, Timestamp } from '@google-cloud/firestore'
import { END, type ScanEvent } from '../../../contract/events.ts'
import { MAX_BATCH, type ScanWatch, type WatchListener } from '../../port.ts'
import type { LiveReader } from '../../shared-watch.ts'
import { toEvents } from '../documents.ts'
import { type LiveWatch, OVERLAP } from './watch.ts'

export interface Replay {
  /** The event to start after; '' for the start of the scan. */
  after: string
  /** The events of the scan. */
  query: Query
  isVisible(): Promise<boolean>
  /** An event of the scan; undefined when the scan or the event is not there. */
  find(eventId: string): Promise<DocumentSnapshot | undefined>
  /** Runs a read of the store, which its closing waits for. Rejects once it is closing. */
  read<T>(work: () => Promise<T>): Promise<T>
  maxHeld: number
}

/**
 * Joins the live watch and delivers what it brings. With `after` it first replays the events after that one, page by
 * page as the listener takes them, beginning OVERLAP before it; what arrives live meanwhile is held back. An event that
 * both the replay and the live watch bring is delivered once. The end comes last, whatever its time, see `endsLast`.
 */
export function replayAndFollow(
  join: (reader: LiveReader<ScanEvent>) => { watch: LiveWatch; leave(): void },
  listener: WatchListener,
  replay?: Replay,
): ScanWatch {
  let held: ScanEvent[] | undefined = replay && []
  let dropped = false
  let stopped = false
  let ended = false
  /** Ids of replayed events that may come again, until the live watch is past the time `repeatsUntil`. */
  const replayed = new Set<string>()
  let repeatsUntil = 0

  const { watch: live, leave } = join({
    items(events) {
      if (!held) return deliverLive(events)
      if (held.length + events.length <= (replay?.maxHeld ?? 0)) return void held.push(...events)
      held = []
      dropped = true
    },
    gone,
  })

  function stop(): void {
    stopped = true
    leave()
  }

  function gone(): void {
    if (stopped) return
    stop()
    listener.gone?.()
  }

  function deliverLive(events: ScanEvent[]): void {
    if (ended) return
    const fresh = events.filter((event) => !replayed.has(event.event_id))
    for (const batch of inBatches(fresh)) void listener.events(batch)
    if (live.position() > repeatsUntil) replayed.clear()
  }

  async function run({ after, query, isVisible, find, read }: Replay): Promise<void> {
    await live.ready
    // The live watch delivers nothing older than this.
    const repeatable = live.position() - OVERLAP
    const ordered = query.orderBy('at').orderBy(FieldPath.documentId()).limit(MAX_BATCH)
    const before = (event: DocumentSnapshot) => ordered.startAt(Timestamp.fromMillis(timeOf(event) - OVERLAP))

    const start = after === '' ? undefined : await read(() => find(after))
    if (after !== '' && !start) return gone()
    let page = start ? before(start) : ordered
    let last: DocumentSnapshot | undefined
    let end: ScanEvent | undefined
    while (!stopped) {
      const next = page
      const [visible, { docs }] = await read(() => Promise.all([isVisible(), next.get()]))
      if (stopped) return
      if (!visible) return gone()
      const fresh = docs.flatMap((document) => {
        const events = toEvents(document).filter(({ event_id }) => !replayed.has(event_id))
        if (timeOf(document) >= repeatable) {
          for (const { event_id } of events) replayed.add(event_id)
          repeatsUntil = Math.max(repeatsUntil, timeOf(document) + OVERLAP)
        }
        return events
      })
      end ??= fresh.find(({ event_id }) => event_id === END)
      for (const batch of inBatches(fresh.filter(({ event_id }) => event_id !== END))) {
        if (!stopped) await listener.events(batch)
      }
      last = docs.at(-1) ?? last
      if (last && docs.length === MAX_BATCH) page = ordered.startAfter(last)
      else if (dropped) {
        dropped = false
        page = last ? before(last) : ordered
      } else break
    }
    const waiting = held ?? []
    held = undefined
    if (!stopped) deliverLive(waiting)
    if (stopped || !end) return
    ended = true
    void listener.events([end])
  }

  if (replay) {
    run(replay).catch((error: unknown) => {
      if (stopped) return
      stop()
      listener.failed?.(error)
    })
  }
  return { ready: live.ready, stop }
}

const inBatches = (events: ScanEvent[]): ScanEvent[][] =>
  Array.from({ length: Math.ceil(events.length / MAX_BATCH) }, (_, index) =>
    events.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH),
  )

const timeOf = (event: DocumentSnapshot): number => event.get('at').toMillis()
