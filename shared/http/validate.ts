import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../contract/app-error.ts'
import type { LongText } from '../contract/long-text.ts'
import { readBody } from './body.ts'
import { parseJson, parseJsonWithTexts } from './json.ts'
import { predicateOf, problemsOf } from './problems.ts'

/**
 * The JSON body of at most `limit` bytes, validated. Rejects as `readBody` does, and with `unsupported_media_type`,
 * `invalid_json` or `invalid_request`.
 */
export async function jsonBody<T extends z.ZodType>(
  c: Context,
  schema: T,
  { limit }: { limit: number },
): Promise<z.output<T>> {
  return check(schema, parseJson(await bodyOf(c, limit)))
}

export interface RequestWithTexts<T> {
  request: T
  /** The long text that a string of the request stands for, or the string itself. */
  textOf(value: string): string | LongText
}

/** As `jsonBody`, for requests whose strings may have megabytes: those are not copied. */
export async function jsonBodyWithTexts<T extends z.ZodType>(
  c: Context,
  schema: T,
  { limit }: { limit: number },
): Promise<RequestWithTexts<z.output<T>>> {
  const { value, textOf } = parseJsonWithTexts(await bodyOf(c, limit))
  return { request: check(schema, value), textOf }
}

async function bodyOf(c: Context, limit: number): Promise<Buffer> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new AppError('unsupported_media_type', 'Send JSON with Content-Type: application/json.')
  }
  return readBody(c, limit)
}

/** The query string, validated. Throws `invalid_request`. */
export function query<T extends z.ZodType>(c: Context, schema: T): z.output<T> {
  return check(schema, c.req.query())
}

/** The value, validated. Throws `invalid_request`, which names the invalid fields but not their values. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value, { error: predicateOf })
  if (result.success) return result.data
  throw new AppError('invalid_request', problemsOf(result.error))
}

/** The token in `Authorization: Bearer …`. */
export function bearer(c: Context): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}
