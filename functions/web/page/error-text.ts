import { ApiError } from '../../../shared/client/error.ts'
import { text } from '../text.ts'

const TEXTS: Partial<Record<string, string>> = text.errors

/** What the page tells the user about a failure. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return TEXTS[error.code] ?? error.message
  return text.errors.internal
}

export function hasCode(error: unknown, code: ApiError['code']): boolean {
  return error instanceof ApiError && error.code === code
}
