import { ApiError } from '../../../shared/client/error.ts'
import { text } from '../text.ts'

const TEXTS: Partial<Record<string, string>> = text.errors
const REASONS: Partial<Record<string, string>> = text.reasons

/** What the page tells the user about a failure. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return TEXTS[error.code] ?? error.message
  return text.errors.internal
}

/** Why something was left out, as the server tells it. */
export interface Reason {
  code?: string | undefined
  error?: string | undefined
}

export function reasonText({ code = '', error = text.errors.internal }: Reason): string {
  return REASONS[code] ?? TEXTS[code] ?? error
}

export function hasCode(error: unknown, code: ApiError['code']): boolean {
  return error instanceof ApiError && error.code === code
}
