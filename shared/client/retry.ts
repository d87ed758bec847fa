import { ApiError } from './error.ts'

/** Milliseconds. Full jitter: the wait is random between 0 and the backoff, which doubles with every failure. */
const BACKOFF = { first: 500, most: 15_000 }

/**
 * Whether the same call may succeed in a moment: no answer came, the server could not answer for now, or a network
 * that wants a sign-in first put its own page in place of the answer.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { code, status = 0 } = error
  const elsewhere = code === 'unreachable' || (code === 'unreadable' && status < 300)
  return elsewhere || status === 429 || status >= 500
}

/**
 * Waits after the given number of failures before the next attempt; less when the network comes back meanwhile.
 * Rejects with the signal's reason.
 */
export function backoff(failures: number, signal?: AbortSignal): Promise<void> {
  const milliseconds = Math.random() * Math.min(BACKOFF.most, BACKOFF.first * 2 ** failures)
  const platform = globalThis as unknown as Partial<EventTarget>
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds)
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
