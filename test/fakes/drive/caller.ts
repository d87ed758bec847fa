import type { Context } from 'hono'
import * as z from 'zod'
import { GoogleError, invalid, unauthorized } from './google-error.ts'
import type { Access } from './items.ts'

export interface Tokens {
  /** E-mail by token. */
  known: Map<string, string>
  expired: Set<string>
  /** Also accept every other token. */
  acceptAny: boolean
  /** API keys, with which a caller is nobody in particular. */
  keys: Set<string>
}

/** An API key in place of a token; undefined where there is none. Throws what Google answers to an unknown one. */
export function apiKey(c: Context, tokens: Tokens): string | undefined {
  const key = c.req.header('x-goog-api-key')
  if (key === undefined || c.req.header('authorization') !== undefined) return undefined
  if (!tokens.keys.has(key)) {
    throw new GoogleError(400, 'badRequest', 'API key not valid. Please pass a valid API key.', undefined, {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    })
  }
  return key
}

/** E-mail of the caller. Throws 401 without a token that is known and has not expired. */
export function caller(c: Context, tokens: Tokens): string {
  const token = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  if (token === undefined) throw unauthorized('required')
  if (tokens.expired.has(token)) throw unauthorized('authError')
  const email = tokens.known.get(token) ?? (tokens.acceptAny ? 'guest@example.com' : undefined)
  if (email === undefined) throw unauthorized('authError')
  return email
}

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

/** Parameters that every call may have. */
export const COMMON = { alt: z.literal('json').optional(), fields: z.string().optional() }
export const ALL_DRIVES = { supportsAllDrives: flag.default(false) }
export const DRIVE_FLAG = flag

/** The query string, refused when it has a parameter that the shape does not have, or one twice. */
export function parameters<S extends z.ZodRawShape>(c: Context, shape: S): z.output<z.ZodObject<S>> {
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length > 1) throw invalid(name, `The parameter ${name} is given twice.`)
  }
  return checked(z.strictObject(shape), c.req.query())
}

export async function jsonBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) {
    throw new GoogleError(400, 'badRequest', 'The body is not marked as JSON.')
  }
  return parseJson(await c.req.text(), schema)
}

export function parseJson<T extends z.ZodType>(text: string, schema: T): z.output<T> {
  try {
    return checked(schema, JSON.parse(text))
  } catch (error) {
    if (error instanceof GoogleError) throw error
    throw new GoogleError(400, 'parseError', 'Parse Error')
  }
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(issue?.path.join('.') || 'body', z.prettifyError(result.error))
}

/** `X-Goog-Drive-Resource-Keys: id/key,id/key`, as the item lookups need it, and whether the caller is anybody. */
export function access(c: Context, supportsAllDrives: boolean): Access {
  const header = c.req.header('x-goog-drive-resource-keys')
  const keys = new Map<string, string>()
  for (const pair of header?.split(',') ?? []) {
    const [, id, key] = /^([\w-]+)\/([\w-]+)$/.exec(pair.trim()) ?? []
    if (id === undefined || key === undefined) {
      throw new GoogleError(400, 'invalidHeader', `X-Goog-Drive-Resource-Keys cannot be read: ${header}`)
    }
    keys.set(id, key)
  }
  return { keys, supportsAllDrives, isAnybody: c.req.header('authorization') === undefined }
}
