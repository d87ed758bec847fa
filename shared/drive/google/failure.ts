import * as z from 'zod'

/** What went wrong with a call to Google Drive. What each means to the caller is in refusals.ts. */
export type Fault =
  /** No response in time. */
  | 'timeout'
  /** A reset, a TLS connection cut short, a name that does not resolve, a body that ends early. */
  | 'connectionLost'
  | 'serverError'
  | 'rateLimit'
  /** The search did not cover the whole folder. */
  | 'incompleteSearch'
  /** A permission that was set is not there. */
  | 'notShared'
  /** The access token is expired, revoked or not a token. */
  | 'unauthorized'
  | 'notFound'
  | 'badRequest'
  // Refused for one of Google's reasons, see FAULT_BY_REASON, or for none of these.
  | 'scopeMissing'
  | 'apiDisabled'
  | 'downloadForbidden'
  | 'nothingToDownload'
  | 'flaggedAsHarmful'
  | 'quotaUsedUp'
  | 'storageFull'
  | 'sharingLimit'
  | 'parentNotAFolder'
  | 'notWritable'
  | 'forbidden'

/** A failed call to Google. Contains nothing of the request, which holds the access token. */
export class GoogleFailure extends Error {
  readonly fault: Fault
  /** HTTP status; undefined if there was no response. */
  readonly status: number | undefined
  /** `error.errors[0].reason` of the response, or empty. */
  readonly reason: string
  readonly retryAfterMs: number | undefined

  constructor(
    fault: Fault,
    detail: string,
    response: { status?: number; reason?: string; retryAfterMs?: number | undefined } = {},
  ) {
    super(detail)
    this.name = 'GoogleFailure'
    this.fault = fault
    this.status = response.status
    this.reason = response.reason ?? ''
    this.retryAfterMs = response.retryAfterMs
  }
}

export function timedOut(ms: number): GoogleFailure {
  return new GoogleFailure('timeout', `no response within ${ms} ms`)
}

export function connectionLost(detail: string): GoogleFailure {
  return new GoogleFailure('connectionLost', detail)
}

/** https://developers.google.com/workspace/drive/api/guides/handle-errors */
const FAULT_BY_REASON: Record<string, Fault> = {
  rateLimitExceeded: 'rateLimit',
  userRateLimitExceeded: 'rateLimit',
  insufficientPermissions: 'scopeMissing',
  insufficientScopes: 'scopeMissing',
  accessNotConfigured: 'apiDisabled',
  cannotDownloadFile: 'downloadForbidden',
  fileNotDownloadable: 'nothingToDownload',
  cannotDownloadAbusiveFile: 'flaggedAsHarmful',
  downloadQuotaExceeded: 'quotaUsedUp',
  dailyLimitExceeded: 'quotaUsedUp',
  quotaExceeded: 'quotaUsedUp',
  storageQuotaExceeded: 'storageFull',
  teamDriveFileLimitExceeded: 'storageFull',
  numChildrenInNonRootLimitExceeded: 'storageFull',
  sharingRateLimitExceeded: 'sharingLimit',
  parentNotAFolder: 'parentNotAFolder',
  insufficientParentPermissions: 'notWritable',
  insufficientFilePermissions: 'notWritable',
  teamDriveMembershipRequired: 'notWritable',
}

const ErrorBody = z.object({
  error: z.object({
    message: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default('') })).default([]),
  }),
})

/**
 * The failure behind a response that is not 2xx.
 *
 * @param body parsed JSON, or whatever came instead
 * @param retryAfter the Retry-After header: seconds or a date
 */
export function failureOf(status: number, body: unknown, retryAfter?: string | null): GoogleFailure {
  const { data } = ErrorBody.safeParse(body)
  const reason = data?.error.errors[0]?.reason ?? ''
  const detail = `${status} ${reason} ${data?.error.message ?? ''}`.trimEnd()
  const retryAfterMs = millisecondsOf(retryAfter)
  return new GoogleFailure(faultOf(status, reason), detail, { status, reason, retryAfterMs })
}

function faultOf(status: number, reason: string): Fault {
  if (status === 401) return 'unauthorized'
  if (status === 404) return 'notFound'
  if (status === 429) return 'rateLimit'
  if (status >= 500 || status === 408) return 'serverError'
  // The reason comes from outside: what every object has is not in the table.
  const fault = Object.hasOwn(FAULT_BY_REASON, reason) ? FAULT_BY_REASON[reason] : undefined
  if (fault === undefined || (fault === 'rateLimit' && status !== 403)) {
    return status === 403 ? 'forbidden' : 'badRequest'
  }
  return fault
}

/** Milliseconds. A Retry-After holds back every call of the process, so a mistaken one must not last for days. */
const MAX_RETRY_AFTER = 60 * 60_000

function millisecondsOf(retryAfter: string | null | undefined): number | undefined {
  if (!retryAfter) return undefined
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER) : undefined
}
