import * as z from 'zod'
import { AppError, type ErrorCode } from '../../contract/app-error.ts'

/** What to do after a failed call: wait for the service's rate limit, try again a few times, or give up. */
export type Retry = 'pace' | 'backoff' | 'never'

type FailureCode = Extract<
  ErrorCode,
  'token_expired' | 'drive_forbidden' | 'drive_quota_exceeded' | 'drive_unavailable' | 'file_not_found'
>

/** Why one call to Google failed. Carries nothing of the request, which has the access token. */
export class GoogleFailure extends Error {
  readonly retry: Retry
  readonly code: FailureCode
  /** The end of a sentence that starts with the operation, or a whole one when it starts with a capital. */
  readonly explanation: string
  readonly retryAfterMs: number | undefined
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined
  /** `error.errors[0].reason` of the answer, else empty. */
  readonly reason: string

  constructor(
    retry: Retry,
    code: FailureCode,
    explanation: string,
    options: {
      detail: string
      retryAfterMs?: number | undefined
      status?: number | undefined
      reason?: string | undefined
    },
  ) {
    super(options.detail)
    this.name = 'GoogleFailure'
    this.retry = retry
    this.code = code
    this.explanation = explanation
    this.retryAfterMs = options.retryAfterMs
    this.status = options.status
    this.reason = options.reason ?? ''
  }
}

/** What a refused call means to whoever asked for it. */
export interface Refusal {
  code: ErrorCode
  message: string
}

/** What the failed call was for, in words for the guest. */
export interface Operation {
  /** As the start of a sentence: `Download`. */
  name: string
  /** What 404 means. */
  notFound: Refusal
  /** What a failure means here, where that is not what it means to a guest. */
  refusal?: (failure: GoogleFailure) => Refusal | undefined
}

/** The failure as the caller of the port gets it. */
export function toAppError(failure: GoogleFailure, { name, notFound, refusal }: Operation): AppError {
  const special = refusal?.(failure)
  if (special) return new AppError(special.code, special.message, { cause: failure })
  if (failure.code === 'file_not_found') {
    return new AppError(notFound.code, notFound.message, { cause: failure })
  }
  const { explanation } = failure
  const message = /^[A-Z]/.test(explanation) ? explanation : `${name} ${explanation}`
  return new AppError(failure.code, message, { cause: failure })
}

export function timedOut(ms: number): GoogleFailure {
  return new GoogleFailure('backoff', 'drive_unavailable', 'timed out after retries', {
    detail: `no answer within ${ms} ms`,
  })
}

/** Resets, TLS connections cut short, names that do not resolve, bodies that end too early. */
export function broken(detail: string): GoogleFailure {
  const explanation = 'failed after retries: the connection to Google Drive broke'
  return new GoogleFailure('backoff', 'drive_unavailable', explanation, { detail })
}

export function outOfPatience(): GoogleFailure {
  const explanation = 'gave up: Google Drive kept limiting the rate of requests'
  return new GoogleFailure('never', 'drive_unavailable', explanation, { detail: 'rate limited too long' })
}

const ErrorBody = z.object({
  error: z.object({
    message: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default('') })).default([]),
  }),
})

const RATE_LIMITS = ['rateLimitExceeded', 'userRateLimitExceeded']
const QUOTAS = ['downloadQuotaExceeded', 'dailyLimitExceeded', 'quotaExceeded', 'storageQuotaExceeded']

const FORBIDDEN: Record<string, string> = {
  insufficientPermissions: 'Access to Google Drive was not granted. Please sign in again and allow it.',
  cannotDownloadFile: 'The owner does not allow this file to be downloaded.',
  fileNotDownloadable: 'This file has nothing to download.',
  cannotDownloadAbusiveFile: 'Google has flagged this file as harmful and does not hand it out.',
  accessNotConfigured: 'The Google Drive API is not enabled for this application.',
}

/**
 * The failure behind an answer that is not 2xx, by status and `error.errors[0].reason`:
 * https://developers.google.com/workspace/drive/api/guides/handle-errors
 *
 * @param body parsed JSON, or whatever came instead
 * @param retryAfter the Retry-After header: seconds or a date
 */
export function failureOf(status: number, body: unknown, retryAfter?: string | null): GoogleFailure {
  const { data } = ErrorBody.safeParse(body)
  const reason = data?.error.errors[0]?.reason ?? ''
  const options = {
    detail: `${status} ${reason} ${data?.error.message ?? ''}`.trimEnd(),
    retryAfterMs: millisecondsOf(retryAfter),
    status,
    reason,
  }
  const [retry, code, explanation] = judge(status, reason)
  return new GoogleFailure(retry, code, explanation, options)
}

function judge(status: number, reason: string): [Retry, FailureCode, string] {
  if (status === 401) {
    return ['never', 'token_expired', 'The Google token has expired or is invalid. Please sign in again.']
  }
  if (status === 404) return ['never', 'file_not_found', '']
  if (status === 403 && QUOTAS.includes(reason)) {
    return ['never', 'drive_quota_exceeded', 'The download quota for this file is used up. Try again later.']
  }
  if (status === 429 || (status === 403 && RATE_LIMITS.includes(reason))) {
    return ['pace', 'drive_unavailable', 'was refused for the rate of requests']
  }
  if (status === 403) {
    return ['never', 'drive_forbidden', FORBIDDEN[reason] ?? 'Google Drive does not allow access to this.']
  }
  if (status >= 500 || status === 408) {
    return ['backoff', 'drive_unavailable', 'failed after retries: Google Drive has a problem']
  }
  return ['never', 'drive_unavailable', 'failed: Google Drive did not accept the request']
}

/** Milliseconds of a Retry-After at most: it holds every call of the process, so a mistaken one must not for days. */
const LONGEST_HOLD = 60 * 60_000

function millisecondsOf(retryAfter: string | null | undefined): number | undefined {
  if (!retryAfter) return undefined
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return ms > 0 ? Math.min(ms, LONGEST_HOLD) : undefined
}
