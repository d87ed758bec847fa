import { setTimeout as sleep } from 'node:timers/promises'
import type { DocumentSnapshot, Query, QuerySnapshot } from '@google-cloud/firestore'
import { Timestamp } from '@google-cloud/firestore'
import { END, type ScanEvent } from '../../../contract/events.ts'
import type { Log } from '../../../platform/log.ts'
import type { ScanWatch } from '../../port.ts'
import type { LiveReader } from '../../shared-watch.ts'
import { endsLast, toEvents } from '../documents.ts'

/**
 * How far before its cursor a reader starts, in milliseconds. An event carries the time of its request, so it may become
 * visible after a later one: up to 147 ms were measured under load, and 10 s leave room for a slow commit.
 */
export const OVERLAP = 10_000

export interface WatchTuning {
  /** Events after which a listener is replaced, since one that matches thousands of documents becomes slow. */
  moveAfter: number
  /** How often a query checks whether the listener has missed an event, in milliseconds. */
  checkMs: number
  /** Time limit for a read, and for a listener to deliver what a query has found, in milliseconds. */
  timeoutMs: number
  /** Pause before another attempt to attach a listener, in milliseconds; doubled each time up to 30 s, with jitter. */
  backoffMs: number
  /** Live events held back during a replay. Beyond this they are dropped, and read again at its end. */
  maxHeld: number
}

export const WATCH_TUNING: WatchTuning = {
  moveAfter: 300,
  checkMs: 30_000,
  timeoutMs: 10_000,
  backoffMs: 500,
  maxHeld: 1_000,
}

export interface WatchSource {
  /** Events in the order of `at`. */
  query: Query
  /** A read that returns the server's time; of one scan: its document. */
  probe: () => Promise<QuerySnapshot | DocumentSnapshot>
  scanId?: string
  isVisible?: (scan: DocumentSnapshot) => boolean
}

interface Attached {
  /** Documents in its first snapshot. */
  base: number
  close: () => void
}

export interface LiveWatch extends ScanWatch {
  /** Time of the newest event seen, or when the watch began; after `ready`. What comes is at most OVERLAP older. */
  position(): number
  /** Resolves when a stopped watch makes no more requests. */
  done: Promise<void>
}

/**
 * Delivers new events from a listener that starts OVERLAP before the newest event seen, and remembers what it has
 * delivered since then. A listener is closed once its successor has its first snapshot, so nothing is lost between the
 * two. A listener can also fall silent without an error, which periodic queries detect.
 */
export function watchEvents(
  source: WatchSource,
  reader: LiveReader<ScanEvent>,
  options: WatchTuning & { now: () => number; log?: Log | undefined },
): LiveWatch {
  const { now, log, moveAfter, checkMs, timeoutMs, backoffMs } = options
  const about = { scan_id: source.scanId ?? 'all' }
  const ready = Promise.withResolvers<void>()
  const stopped = new AbortController()
  /** Path and time of the events that the current listener or its successor may deliver again. */
  const seen = new Map<string, number>()
  /** Time of the newest event seen, or of the start. */
  let position: number | undefined
  let attached: Attached | undefined
  let closeSuccessor = () => {}
  let attaching = false
  let scanSeen = false

  async function probe(): Promise<number> {
    const found = await inTime(source.probe(), timeoutMs)
    if (source.isVisible && 'exists' in found) {
      const visible = source.isVisible(found)
      if (scanSeen && !visible && !stopped.signal.aborted) reader.gone()
      scanSeen = visible
    }
    return found.readTime.toMillis()
  }

  /** Opens a listener that starts before the cursor, and replaces the current one with it. */
  async function attach(): Promise<void> {
    position ??= await probe()
    if (stopped.signal.aborted) return
    const from = position - OVERLAP
    const first = Promise.withResolvers<void>()
    let mine: Attached | undefined
    const close = source.query.startAt(Timestamp.fromMillis(from)).onSnapshot(
      (snapshot) => {
        if (mine) deliver(mine, snapshot)
        else {
          mine = { base: snapshot.size, close }
          takeOver(mine, from, snapshot)
          first.resolve()
        }
      },
      (error) => {
        if (mine && mine === attached) void reattach('the listener failed', error)
        first.reject(error)
      },
    )
    closeSuccessor = () => {
      close()
      first.reject(new Error('the watch was stopped'))
    }
    try {
      await inTime(first.promise, timeoutMs)
    } catch (error) {
      close()
      throw error
    } finally {
      closeSuccessor = () => {}
    }
  }

  function takeOver(mine: Attached, from: number, snapshot: QuerySnapshot): void {
    const old = attached
    attached = mine
    // The first listener does not deliver what it finds; a successor delivers what its predecessor has missed.
    if (old) deliver(mine, snapshot)
    else for (const event of snapshot.docs) seen.set(event.ref.path, event.get('at').toMillis())
    old?.close()
    for (const [path, at] of seen) if (at < from) seen.delete(path)
  }

  function deliver(mine: Attached, snapshot: QuerySnapshot): void {
    const changes = snapshot.docChanges()
    const added = changes.filter(({ type }) => type === 'added').map(({ doc }) => doc)
    // What a scan stored in the milliseconds of its end is among its events, but nobody gets it behind the end.
    const hasEnded = ({ ref }: DocumentSnapshot) => seen.has(ref.parent.doc(END).path)
    const fresh = added.filter((event) => !seen.has(event.ref.path) && !hasEnded(event))
    if (fresh.length > 0) scanSeen = true
    for (const event of fresh) {
      const at = event.get('at').toMillis()
      seen.set(event.ref.path, at)
      position = Math.max(position ?? 0, at)
    }
    const visible = fresh.filter((event) => event.get('expire_at').toMillis() > now())
    if (visible.length > 0) reader.items(endsLast(visible.flatMap(toEvents)))
    if (changes.some(({ type }) => type === 'removed')) void probe().catch(() => {})
    // Each move reads the overlap again, so the larger the overlap, the later the next move.
    if (snapshot.size - mine.base >= Math.max(moveAfter, mine.base)) void reattach()
  }

  /** Attaches a successor, retrying until it succeeds. The reason is logged, where there is one. */
  async function reattach(reason?: string, cause?: unknown): Promise<void> {
    if (attaching || stopped.signal.aborted) return
    attaching = true
    if (reason) log?.warn({ ...about, err: cause }, `watch: ${reason}, attaching again`)
    let failures = 0
    while (!stopped.signal.aborted) {
      try {
        await attach()
        break
      } catch (error) {
        failures += 1
        if (!stopped.signal.aborted) log?.warn({ ...about, failures, err: error }, 'watch: could not attach')
        const pause = Math.min(30_000, backoffMs * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2)
        await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {})
      }
    }
    attaching = false
    if ((reason || failures > 0) && !stopped.signal.aborted) log?.warn(about, 'watch: attached again')
  }

  async function check(): Promise<void> {
    if (position === undefined || attaching) return
    try {
      if (source.isVisible) await probe()
      const past = source.query.startAfter(Timestamp.fromMillis(position)).limit(1)
      const newest = (await inTime(past.get(), timeoutMs)).docs[0]?.ref.path
      if (newest === undefined || seen.has(newest)) return
      await sleep(timeoutMs, undefined, { signal: stopped.signal })
      if (!seen.has(newest)) await reattach('the listener is silent')
    } catch (error) {
      await reattach('the store does not respond', error)
    }
  }

  async function keepChecking(): Promise<void> {
    await reattach()
    ready.resolve()
    while (!stopped.signal.aborted) {
      await sleep(checkMs, undefined, { signal: stopped.signal }).catch(() => {})
      if (!stopped.signal.aborted) await check()
    }
  }

  return {
    ready: ready.promise,
    position: () => position ?? 0,
    done: keepChecking(),
    stop() {
      stopped.abort()
      attached?.close()
      closeSuccessor()
    },
  }
}

/** Rejects when the promise has not settled in time; a later rejection is ignored. */
async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  promise.catch(() => {})
  const late = new AbortController()
  const timeout = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no response within ${ms} ms`)
  })
  timeout.catch(() => {})
  try {
    return await Promise.race([promise, timeout])
  } finally {
    late.abort()
  }
}
