import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '../contract/app-error.ts'
import type { ErrorResponse } from '../contract/error-response.ts'

/** The only place where an error becomes an answer. What is not an AppError keeps its message to itself. */
export function toErrorResponse(error: unknown): { status: ContentfulStatusCode; body: ErrorResponse } {
  const known = error instanceof AppError ? error : new AppError('internal', 'Unexpected server error.')
  return {
    status: known.status as ContentfulStatusCode,
    body: { error: { code: known.code, message: known.message } },
  }
}
