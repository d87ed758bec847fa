import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { AppError, type ErrorCode } from '../contract/app-error.ts'
import type { Log } from '../platform/log.ts'
import { toErrorResponse } from './error-response.ts'
import type { HostCheck } from './hosts.ts'
import { originAllowed } from './origins.ts'

export const BASE_PATH = '/api/v1'

/** Seconds after which a caller may try again. */
const RETRY_AFTER: Partial<Record<ErrorCode, string>> = { busy: '30', too_many_scans: '30' }

export interface AppOptions {
  log: Log
  allowedOrigins: readonly string[]
  /** Refuses requests to other servers. */
  checkHost?: HostCheck
  /** Runs before a body is read, which the handlers do. */
  limit?: MiddlewareHandler
}

/** An app with what all endpoints share: error responses, CORS and one log line per request. */
export function createApp({ log, allowedOrigins, checkHost, limit }: AppOptions): Hono {
  const app = new Hono()

  app.use(async (c, next) => {
    const start = performance.now()
    await next()
    const ms = Math.round(performance.now() - start)
    const code = c.error && toErrorResponse(c.error).body.error.code
    // Without the query, which may contain a scan key.
    log.info({ method: c.req.method, path: c.req.path, status: c.res.status, ms, code }, 'request')
  })

  if (checkHost) {
    app.use(async (c, next) => {
      checkHost(c.req.header('host'))
      await next()
    })
  }

  const crossOrigin = cors({
    origin: (origin, c) => (originAllowed(origin, c.req.header('host'), allowedOrigins) ? origin : null),
    allowHeaders: ['Content-Type', 'Authorization', 'X-API-Key', 'X-Drive-Token'],
    exposeHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After'],
    maxAge: 600,
  })
  app.use(async (c, next) => {
    if (c.req.method === 'OPTIONS' || c.req.header('origin') !== undefined) return crossOrigin(c, next)
    await next()
    // All that the middleware does without an origin, but it would also rebuild the response as a stream.
    c.res.headers.append('Vary', 'Origin')
  })

  if (limit) app.use(limit)

  app.onError((error, c) => {
    const { status, body } = toErrorResponse(error)
    // That many came at once is no fault of the server; the line of the request says so.
    if (status >= 500 && body.error.code !== 'busy')
      log.error({ path: c.req.path, err: error }, 'request failed')
    const retryAfter = RETRY_AFTER[body.error.code]
    if (retryAfter !== undefined) c.header('Retry-After', retryAfter)
    return c.json(body, status)
  })
  app.notFound((c) => {
    const methods = methodsOf(app, c.req.path)
    if (methods.length === 0) throw new AppError('not_found', 'There is nothing at this path.')
    c.header('Allow', methods.join(', '))
    throw new AppError('method_not_allowed', `This path supports ${methods.join(', ')}.`)
  })
  return app
}

function methodsOf(app: Hono, path: string): string[] {
  const segments = path.split('/')
  const matching = app.routes.filter(({ method, path: pattern }) => {
    const parts = pattern.split('/')
    return (
      method !== 'ALL' &&
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith(':') || part === segments[index])
    )
  })
  return [...new Set(matching.map((route) => route.method))]
}
