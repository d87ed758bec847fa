import pRetry from 'p-retry'
import { AppError } from '../../contract/app-error.ts'
import type { UploaderCredentials } from '../../google-auth/uploader.ts'
import { GoogleFailure } from './failure.ts'
import { type Clock, createPacer, systemClock } from './pacer.ts'
import { type Operation, retryOf, toAppError } from './refusals.ts'

export interface RetryTimings {
  /** Further attempts after a transport fault or 5xx. */
  retries?: number
  /** Pause before the first of them in milliseconds; doubled each time, and up to twice as long through jitter. */
  backoffMs?: number
  /** First and longest pause of all calls after a rate limit, in milliseconds. */
  pauseMs?: { first: number; longest: number }
  /** How long one call waits for rate limits altogether, in milliseconds. */
  rateLimitTimeoutMs?: number
  /** Rejects with `busy` after that, so that the caller tries again later, and not for good. */
  busyWhenRateLimited?: boolean
  clock?: Clock
}

/**
 * Makes the call until it succeeds or there is no point in retrying. `attempt` rejects with GoogleFailure. Where somebody waits for
 * the response, `waitMs` says how long rate limits may take, after which the call rejects with `busy`.
 */
export type RetriedCall = <T>(
  operation: Operation,
  attempt: () => Promise<T>,
  signal?: AbortSignal,
  waitMs?: number,
) => Promise<T>

/**
 * Retries calls as `retryOf` says: transport faults and 5xx a few times with exponential backoff, rate limits for as
 * long as it takes, slowing down every call that goes through here. Honours Retry-After for both. Rejects with
 * AppError, by default as guests and the uploader get it, or with the signal's reason.
 */
export function googleRetry(
  {
    retries = 3,
    backoffMs = 1_000,
    pauseMs = { first: 1_000, longest: 32_000 },
    rateLimitTimeoutMs = 600_000,
    busyWhenRateLimited = false,
    clock = systemClock,
  }: RetryTimings,
  asAppError: (operation: Operation, failure: GoogleFailure) => AppError = toAppError,
): RetriedCall {
  const pacer = createPacer({ firstMs: pauseMs.first, longestMs: pauseMs.longest, clock })

  return async function retried<T>(
    operation: Operation,
    attempt: () => Promise<T>,
    signal?: AbortSignal,
    waitMs?: number,
  ) {
    const deadline = clock.now() + (waitMs ?? rateLimitTimeoutMs)

    async function paced(): Promise<T> {
      for (;;) {
        const turn = await pacer.turn(deadline, signal)
        if (turn === undefined) throw new GoogleFailure('rateLimit', 'rate limited for too long')
        try {
          const result = await attempt()
          pacer.passed(turn)
          return result
        } catch (error) {
          if (!(error instanceof GoogleFailure)) throw error
          if (retryOf(operation, error) !== 'pace') {
            if (error.retryAfterMs !== undefined) pacer.hold(error.retryAfterMs)
            throw error
          }
          pacer.refused(turn, error.retryAfterMs)
        }
      }
    }

    try {
      return await pRetry(paced, {
        retries,
        minTimeout: backoffMs,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => error instanceof GoogleFailure && retryOf(operation, error) === 'backoff',
      })
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof GoogleFailure)) throw error
      if ((busyWhenRateLimited || waitMs !== undefined) && error.fault === 'rateLimit') {
        throw new AppError(
          'busy',
          'Google Drive limits the rate of requests. Please try again in a minute.',
          {
            cause: error,
          },
        )
      }
      throw asAppError(operation, error)
    }
  }
}

/** One attempt at a call, repeated with a fresh token if Google refuses the first one. */
export async function withToken<T>(
  credentials: UploaderCredentials,
  attempt: (accessToken: string) => Promise<T>,
): Promise<T> {
  const token = await credentials.accessToken()
  try {
    return await attempt(token)
  } catch (error) {
    if (!(error instanceof GoogleFailure && error.fault === 'unauthorized')) throw error
    return attempt(await credentials.accessToken(token))
  }
}
