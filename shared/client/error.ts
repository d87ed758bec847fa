import type { ErrorCode } from '../contract/app-error.ts'

/** Codes of the client's own, beside those that the server answers. */
export type ClientErrorCode = ErrorCode | 'unreachable' | 'unreadable'

/** What every call of the client rejects with, except for the AbortError of a call that was aborted. */
export class ApiError extends Error {
  readonly code: ClientErrorCode
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined

  constructor(code: ClientErrorCode, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'ApiError'
    this.code = code
    this.status = options.status
  }
}

/** The error an answer stands for; `text` is its body, whatever a proxy on the way made of it. */
export function toApiError(status: number, text: string): ApiError {
  try {
    const { code, message } = JSON.parse(text).error
    if (typeof code === 'string' && typeof message === 'string') {
      return new ApiError(code as ErrorCode, message, { status })
    }
  } catch {
    // Not JSON: answered by something other than this server.
  }
  return new ApiError('unreadable', `The server answered with status ${status}.`, { status })
}

export function unreachable(cause: unknown): ApiError {
  return new ApiError('unreachable', 'The server could not be reached.', { cause })
}
