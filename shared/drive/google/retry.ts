import pRetry from 'p-retry'
import { GoogleFailure, type Operation, outOfPatience, toAppError } from './failure.ts'
import { type Clock, createPacer, systemClock } from './pacer.ts'

export interface RetryTimings {
  /** Further tries after a transport fault or 5xx. */
  retries?: number
  /** Pause before the first of them in milliseconds; doubled each time, up to twice as long by jitter. */
  backoffMs?: number
  /** First and longest pause of all calls after a rate limit, in milliseconds. */
  pauseMs?: { first: number; longest: number }
  /** How long one call waits for rate limits altogether, in milliseconds. */
  patienceMs?: number
  clock?: Clock
}

/** Makes the call until it succeeds or is hopeless. `attempt` rejects with GoogleFailure. */
export type RetriedCall = <T>(
  operation: Operation,
  attempt: () => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>

/**
 * The one retry decision for Google Drive. Transport faults and 5xx use up tries, with exponential backoff; rate
 * limits do not, they slow down every call that goes through here. Retry-After is honoured for both. Rejects with
 * AppError, or with the signal's reason.
 */
export function googleRetry({
  retries = 3,
  backoffMs = 1_000,
  pauseMs = { first: 1_000, longest: 32_000 },
  patienceMs = 600_000,
  clock = systemClock,
}: RetryTimings): RetriedCall {
  const pacer = createPacer({ firstMs: pauseMs.first, longestMs: pauseMs.longest, clock })

  async function paced<T>(attempt: () => Promise<T>, deadline: number, signal?: AbortSignal): Promise<T> {
    for (;;) {
      const turn = await pacer.turn(deadline, signal)
      if (turn === undefined) throw outOfPatience()
      try {
        const result = await attempt()
        pacer.passed(turn)
        return result
      } catch (error) {
        if (!(error instanceof GoogleFailure)) throw error
        if (error.retry !== 'pace') {
          if (error.retryAfterMs !== undefined) pacer.hold(error.retryAfterMs)
          throw error
        }
        pacer.refused(turn, error.retryAfterMs)
      }
    }
  }

  return async (operation, attempt, signal) => {
    const deadline = clock.now() + patienceMs
    try {
      return await pRetry(() => paced(attempt, deadline, signal), {
        retries,
        minTimeout: backoffMs,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => error instanceof GoogleFailure && error.retry === 'backoff',
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof GoogleFailure ? toAppError(error, operation) : error
    }
  }
}
