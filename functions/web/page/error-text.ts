import { ApiError } from '../../../shared/client/error.ts'
import { text } from '../text.ts'

/** What a person reads about a failure. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return text.errors[error.code] ?? error.message
  return text.errors.internal ?? String(error)
}

export function hasCode(error: unknown, code: ApiError['code']): boolean {
  return error instanceof ApiError && error.code === code
}
