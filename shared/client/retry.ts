import { ApiError } from './error.ts'

/** Milliseconds. Full jitter: the wait is random between 0 and the backoff, which doubles with every failure. */
const BACKOFF = { first: 500, max: 15_000 }

/**
 * Whether the same call may succeed later: there was no response, the server was temporarily unable to handle it, or a
 * network's sign-in page was returned instead.
 */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { code, status = 0 } = error
  const notFromServer = code === 'unreachable' || (code === 'unreadable' && status < 300)
  return notFromServer || status === 429 || status >= 500
}

/** Milliseconds to wait after so many failures. */
export const backoffTime = (failures: number): number =>
  Math.random() * Math.min(BACKOFF.max, BACKOFF.first * 2 ** failures)

/**
 * Waits before the next attempt, depending on the number of failures; no longer than until the network is back.
 * Rejects with the signal's reason.
 */
export function backoff(failures: number, signal?: AbortSignal): Promise<void> {
  const platform = globalThis as unknown as Partial<EventTarget>
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, backoffTime(failures))
    function done() {
      clearTimeout(timer)
      platform.removeEventListener?.('online', done)
      signal?.removeEventListener('abort', done)
      if (signal?.aborted) reject(signal.reason)
      else resolve()
    }
    platform.addEventListener?.('online', done)
    signal?.addEventListener('abort', done)
  })
}
