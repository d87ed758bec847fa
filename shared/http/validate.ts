import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../contract/app-error.ts'

/** The JSON body, validated. Throws `unsupported_media_type`, `invalid_json` or `invalid_request`. */
export async function jsonBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new AppError('unsupported_media_type', 'Send JSON with Content-Type: application/json.')
  }
  const text = await c.req.text()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new AppError('invalid_json', 'The request body is not valid JSON.')
  }
  return check(schema, value)
}

/** The query string, validated. Throws `invalid_request`. */
export function query<T extends z.ZodType>(c: Context, schema: T): z.output<T> {
  return check(schema, c.req.query())
}

/** The value, validated. Throws `invalid_request`, which names the invalid fields but not their values. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const field = issue.path.join('.')
    return field ? `${field}: ${issue.message}` : issue.message
  })
  throw new AppError('invalid_request', problems.join('; '))
}

/** The token in `Authorization: Bearer …`. */
export function bearer(c: Context): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}
