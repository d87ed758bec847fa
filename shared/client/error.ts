import type { ErrorCode } from '../contract/app-error.ts'

/** The server's codes and the client's own. */
export type ClientErrorCode = ErrorCode | 'unreachable' | 'unreadable'

/** What every call of the client rejects with, apart from the signal's reason after an abort. */
export class ApiError extends Error {
  readonly code: ClientErrorCode
  /** HTTP status; undefined if there was no response. */
  readonly status: number | undefined
  /** Seconds, where the server says when to come again. */
  readonly retryAfter: number | undefined

  constructor(
    code: ClientErrorCode,
    message: string,
    { status, retryAfter, cause }: { status?: number; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.retryAfter = retryAfter
  }
}

/**
 * The error in a response.
 *
 * @param text the body, which may be a proxy's
 * @param retryAfter the header Retry-After
 */
export function toApiError(status: number, text: string, retryAfter: string | null): ApiError {
  const about = { status, retryAfter: secondsUntil(retryAfter) }
  try {
    const { code, message } = JSON.parse(text).error
    if (typeof code === 'string' && typeof message === 'string') {
      return new ApiError(code as ErrorCode, message, about)
    }
  } catch {
    // Not JSON, so not from this server.
  }
  return new ApiError('unreadable', `The server returned status ${status}.`, about)
}

/** Of a header that has seconds or a date (RFC 9110, 10.2.3). */
function secondsUntil(retryAfter: string | null): number | undefined {
  if (retryAfter === null || retryAfter.trim() === '') return undefined
  const seconds = Number(retryAfter)
  const found = Number.isNaN(seconds) ? (Date.parse(retryAfter) - Date.now()) / 1000 : seconds
  return Number.isNaN(found) ? undefined : Math.max(0, found)
}

export function unreachable(cause: unknown): ApiError {
  return new ApiError('unreachable', 'The server could not be reached.', { cause })
}
