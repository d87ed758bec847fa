import { setTimeout as sleep } from 'node:timers/promises'
import type { DocumentSnapshot, Query, QuerySnapshot } from '@google-cloud/firestore'
import { Timestamp } from '@google-cloud/firestore'
import type { Log } from '../../platform/log.ts'
import type { ScanWatch, WatchListener } from '../port.ts'
import { toEvent } from './documents.ts'

/**
 * How far behind its cursor a reader starts, in milliseconds. An event has the time of its request and may become
 * visible after a later one; up to 147 ms were measured under load, 10 s leave room for a slow commit.
 */
export const OVERLAP = 10_000

export interface WatchTuning {
  /** Events after which a listener is replaced: one that matches thousands of documents delivers slowly. */
  moveAfter: number
  /** How often a query looks whether the listener has missed something, in milliseconds. */
  checkMs: number
  /** How long the store may take to answer, and a listener to deliver what a query has found, in milliseconds. */
  patienceMs: number
  /** Pause before a listener is tried again, in milliseconds; doubled each time up to 30 s, with jitter. */
  backoffMs: number
}

const DEFAULTS: WatchTuning = { moveAfter: 300, checkMs: 30_000, patienceMs: 10_000, backoffMs: 500 }

export interface WatchSource {
  /** Events by `at`, then by name. */
  query: Query
  /** Any read, for the server's time; of one scan: its document. */
  probe: () => Promise<QuerySnapshot | DocumentSnapshot>
  scanId?: string
  isVisible?: (scan: DocumentSnapshot) => boolean
}

interface Attached {
  /** Documents in its first snapshot. */
  base: number
  close: () => void
}

/**
 * Watches by a listener that starts OVERLAP behind the newest event seen, and remembers what it has delivered since.
 * Its successor has its first snapshot before it is closed, so nothing falls between the two. A listener can fall
 * silent without an error: queries behind its back notice. `done` resolves when a stopped watch asks nothing more.
 */
export function watchEvents(
  source: WatchSource,
  listener: WatchListener,
  options: Partial<WatchTuning> & { now: () => number; log?: Log | undefined },
): ScanWatch & { done: Promise<void> } {
  const { now, log, moveAfter, checkMs, patienceMs, backoffMs } = { ...DEFAULTS, ...options }
  const about = { scan_id: source.scanId ?? 'all' }
  const ready = Promise.withResolvers<void>()
  const stopped = new AbortController()
  /** Path and time of the events that the present listener or its successor may bring again. */
  const seen = new Map<string, number>()
  /** Time of the newest event seen, or of the start. */
  let position: number | undefined
  let attached: Attached | undefined
  let closeSuccessor = () => {}
  let attaching = false
  let scanSeen = false

  async function probe(): Promise<number> {
    const found = await inTime(source.probe(), patienceMs)
    if (source.isVisible && 'exists' in found) {
      const visible = source.isVisible(found)
      if (scanSeen && !visible && !stopped.signal.aborted) listener.gone?.()
      scanSeen = visible
    }
    return found.readTime.toMillis()
  }

  /** Opens a listener behind the cursor and puts it in the place of the present one. */
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
    closeSuccessor = close
    try {
      await inTime(first.promise, patienceMs)
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
    // What is there when the watch begins is not delivered; a successor delivers what its predecessor has missed.
    if (old) deliver(mine, snapshot)
    else for (const event of snapshot.docs) seen.set(event.ref.path, event.get('at').toMillis())
    old?.close()
    for (const [path, at] of seen) if (at < from) seen.delete(path)
  }

  function deliver(mine: Attached, snapshot: QuerySnapshot): void {
    const changes = snapshot.docChanges()
    const added = changes.filter(({ type }) => type === 'added').map(({ doc }) => doc)
    const fresh = added.filter(({ ref }) => !seen.has(ref.path))
    if (fresh.length > 0) scanSeen = true
    for (const event of fresh) {
      const at = event.get('at').toMillis()
      seen.set(event.ref.path, at)
      position = Math.max(position ?? 0, at)
    }
    const visible = fresh.filter((event) => event.get('expire_at').toMillis() > now())
    if (visible.length > 0) listener.events(visible.map(toEvent))
    if (changes.some(({ type }) => type === 'removed')) void probe().catch(() => {})
    // Each move reads the overlap again, so under a burst the moves come further apart.
    if (snapshot.size - mine.base >= Math.max(moveAfter, mine.base)) void reattach()
  }

  /** Attaches a successor, again and again until it works. With a reason: something is wrong, and is logged. */
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
      const newest = (await inTime(past.get(), patienceMs)).docs[0]?.ref.path
      if (newest === undefined || seen.has(newest)) return
      await sleep(patienceMs, undefined, { signal: stopped.signal })
      if (!seen.has(newest)) await reattach('the listener is silent')
    } catch (error) {
      await reattach('the store does not answer', error)
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
    done: keepChecking(),
    stop() {
      stopped.abort()
      attached?.close()
      closeSuccessor()
    },
  }
}

/** Rejects when the promise has not settled in time; what becomes of it later is nobody's business. */
async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  promise.catch(() => {})
  const late = new AbortController()
  const timeout = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer in ${ms} ms`)
  })
  timeout.catch(() => {})
  try {
    return await Promise.race([promise, timeout])
  } finally {
    late.abort()
  }
}
