import type { ErrorCode } from '../contract/app-error.ts'

/** The server's codes and the client's own. */
export type ClientErrorCode = ErrorCode | 'unreachable' | 'unreadable'

/** What every call of the client rejects with, apart from the signal's reason after an abort. */
export class ApiError extends Error {
  readonly code: ClientErrorCode
  /** HTTP status; undefined if there was no response. */
  readonly status: number | undefined

  constructor(code: ClientErrorCode, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'ApiError'
    this.code = code
    this.status = options.status
  }
}

/** The error in a response; `text` is its body, which may be a proxy's. */
export function toApiError(status: number, text: string): ApiError {
  try {
    const { code, message } = JSON.parse(text).error
    if (typeof code === 'string' && typeof message === 'string') {
      return new ApiError(code as ErrorCode, message, { status })
    }
  } catch {
    // Not JSON, so not from this server.
  }
  return new ApiError('unreadable', `The server returned status ${status}.`, { status })
}

export function unreachable(cause: unknown): ApiError {
  return new ApiError('unreachable', 'The server could not be reached.', { cause })
}
