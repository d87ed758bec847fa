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
  /** The API key is none, or is restricted to something else. */
  | 'keyRefused'
  | 'notFound'
  /** The part of a file that was asked for is beyond its end. */
  | 'rangeNotSatisfiable'
  | 'badRequest'
  // Refused for one of Google's reasons, see FAULT_BY_REASON, or for none of these.
  | 'scopeMissing'
  | 'apiDisabled'
  | 'downloadForbidden'
  | 'nothingToDownload'
  | 'flaggedAsHarmful'
  | 'quotaUsedUp'
  | 'storageFull'
  | 'folderFull'
  | 'sharingLimit'
  | 'parentNotAFolder'
  | 'notWritable'
  | 'forbidden'

/** A failed call to Google. Contains nothing of the request, which holds the access token. */
export class GoogleFailure extends Error {
  readonly fault: Fault
  /** HTTP status; undefined if there was no response. */
  readonly status: number | undefined
  /** Google's reason, or empty. */
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

/**
 * Drive's own reasons, https://developers.google.com/workspace/drive/api/guides/handle-errors, and those that Google's
 * APIs have in common, https://docs.cloud.google.com/apis/design/errors, whose names are in capitals.
 */
const FAULT_BY_REASON: Record<string, Fault> = {
  rateLimitExceeded: 'rateLimit',
  userRateLimitExceeded: 'rateLimit',
  RATE_LIMIT_EXCEEDED: 'rateLimit',
  RESOURCE_EXHAUSTED: 'rateLimit',
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'scopeMissing',
  SERVICE_DISABLED: 'apiDisabled',
  API_KEY_INVALID: 'keyRefused',
  API_KEY_SERVICE_BLOCKED: 'keyRefused',
  API_KEY_HTTP_REFERRER_BLOCKED: 'keyRefused',
  API_KEY_IP_ADDRESS_BLOCKED: 'keyRefused',
  API_KEY_ANDROID_APP_BLOCKED: 'keyRefused',
  API_KEY_IOS_APP_BLOCKED: 'keyRefused',
  keyInvalid: 'keyRefused',
  keyExpired: 'keyRefused',
  ipRefererBlocked: 'keyRefused',
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
  activeItemCreationLimitExceeded: 'storageFull',
  numChildrenInNonRootLimitExceeded: 'folderFull',
  sharingRateLimitExceeded: 'sharingLimit',
  parentNotAFolder: 'parentNotAFolder',
  insufficientParentPermissions: 'notWritable',
  insufficientFilePermissions: 'notWritable',
  teamDriveMembershipRequired: 'notWritable',
}

const Reason = z.object({ reason: z.string().catch('') })

/** `errors` is Drive's form; `status` and `details` are the newer one, in which `errors` may be missing or vague. */
const ErrorBody = z.object({
  error: z.object({
    message: z.string().catch(''),
    status: z.string().catch(''),
    errors: z.array(Reason).catch([]),
    details: z.array(Reason).catch([]),
  }),
})

/** The page with which Google's front end turns a busy address away, before Drive sees the request. */
const TOO_BUSY_PAGE = /automated queries|unusual traffic/i

/**
 * The failure behind a response that is not 2xx.
 *
 * @param body parsed JSON, or the text that came instead
 * @param retryAfter the Retry-After header: seconds or a date
 */
export function failureOf(status: number, body: unknown, retryAfter?: string | null): GoogleFailure {
  const retryAfterMs = millisecondsOf(retryAfter)
  if (typeof body === 'string' && TOO_BUSY_PAGE.test(body)) {
    return new GoogleFailure('rateLimit', `${status} automated queries`, { status, retryAfterMs })
  }
  const { data } = ErrorBody.safeParse(body)
  const reason = data ? reasonOf(data.error) : ''
  const detail = `${status} ${reason} ${data?.error.message ?? ''}`.trimEnd()
  return new GoogleFailure(faultOf(status, reason), detail, { status, reason, retryAfterMs })
}

/** The first reason that has a fault, or else the first one. */
function reasonOf({ errors, details, status }: z.infer<typeof ErrorBody>['error']): string {
  const reasons = [...errors, ...details].map(({ reason }) => reason).filter((reason) => reason !== '')
  return [...reasons, status].find((reason) => Object.hasOwn(FAULT_BY_REASON, reason)) ?? reasons[0] ?? ''
}

function faultOf(status: number, reason: string): Fault {
  if (status === 401) return 'unauthorized'
  if (status === 404) return 'notFound'
  if (status === 416) return 'rangeNotSatisfiable'
  if (status === 429) return 'rateLimit'
  if (status >= 500 || status === 408) return 'serverError'
  // The reason comes from outside: what every object has is not in the table.
  const fault = Object.hasOwn(FAULT_BY_REASON, reason) ? FAULT_BY_REASON[reason] : undefined
  if (fault === undefined || (fault === 'rateLimit' && status !== 403)) {
    return status === 403 ? 'forbidden' : 'badRequest'
  }
  return fault
}

/** The body of an error response: JSON, or whatever came instead. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Milliseconds. A Retry-After holds back every call of the process, so a mistaken one must not last for days. */
const MAX_RETRY_AFTER = 60 * 60_000

function millisecondsOf(retryAfter: string | null | undefined): number | undefined {
  if (!retryAfter) return undefined
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER) : undefined
}
