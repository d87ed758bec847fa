import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { errorResponse, GoogleError } from './google-error.ts'

export interface RecordedRequest {
  method: string
  /** Without the query. */
  path: string
  query: Record<string, string>
  headers: Record<string, string>
}

export interface FaultMatch {
  method?: string
  path?: string | RegExp
  when?: (request: RecordedRequest) => boolean
  /** Matching requests to let pass first. Default 0. */
  after?: number
  /** Matching requests that get the fault. Default 1; Infinity for all that follow. */
  times?: number
}

export type Effect =
  /** Google's error answer. */
  | { status: number; reason: string; message?: string; retryAfter?: string }
  /** The connection is reset before an answer. */
  | 'reset'
  /** No answer, and no end. */
  | 'hang'
  /** Half of the body behind a header that announces all of it, then the connection ends. */
  | 'truncate'
  /** Half of the body, then nothing more. */
  | 'stall'
  /** A list that says it is not complete. */
  | 'incomplete'
  /** An answer that is not Google's, as of a proxy in between. */
  | 'garbage'

export const RATE_LIMIT_429: Effect = { status: 429, reason: 'rateLimitExceeded' }
export const RATE_LIMIT_403: Effect = { status: 403, reason: 'userRateLimitExceeded' }
export const SERVER_ERROR: Effect = { status: 503, reason: 'backendError' }
export const TOKEN_EXPIRED: Effect = { status: 401, reason: 'authError', message: 'Invalid Credentials' }

export interface Faults {
  add(match: FaultMatch, effect: Effect): void
  /** The effect for a request; counts it. */
  take(request: RecordedRequest): Effect | undefined
  clear(): void
}

/** Faults in the order they were added; a request gets the first one that matches and is not used up. */
export function faultList(): Faults {
  let faults: { match: FaultMatch; effect: Effect; seen: number }[] = []
  return {
    add(match, effect) {
      faults.push({ match, effect, seen: 0 })
    },
    take(request) {
      for (const fault of faults) {
        const { after = 0, times = 1 } = fault.match
        if (!applies(fault.match, request) || fault.seen >= after + times) continue
        fault.seen++
        if (fault.seen > after) return fault.effect
      }
      return undefined
    },
    clear() {
      faults = []
    },
  }
}

function applies({ method, path, when }: FaultMatch, request: RecordedRequest): boolean {
  if (method !== undefined && method !== request.method) return false
  if (typeof path === 'string' && path !== request.path) return false
  if (path instanceof RegExp && !path.test(request.path)) return false
  return when?.(request) ?? true
}

/** Answers with the fault, around what the server would have answered. */
export async function applyFault(
  effect: Effect,
  answer: () => Promise<Response>,
  { incoming, outgoing }: HttpBindings,
): Promise<Response> {
  if (typeof effect === 'object') {
    const { status, reason, message = reason, retryAfter } = effect
    return errorResponse(new GoogleError(status, reason, message), retryAfter)
  }
  if (effect === 'hang') return new Promise(() => {})
  if (effect === 'garbage') {
    return new Response('<html>Bad gateway</html>', { headers: { 'Content-Type': 'text/html' } })
  }
  if (effect === 'reset') {
    incoming.socket.resetAndDestroy()
    return RESPONSE_ALREADY_SENT
  }
  const response = await answer()
  if (effect === 'incomplete') {
    return Response.json({ ...((await response.json()) as object), incompleteSearch: true })
  }
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': body.length,
  })
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    if (effect === 'truncate') incoming.socket.end()
  })
  return RESPONSE_ALREADY_SENT
}
