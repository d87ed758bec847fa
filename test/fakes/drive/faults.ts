import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { errorResponse, GoogleError } from './google-error.ts'
import { CHUNK_UNIT } from './uploads.ts'

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
  /** Another answer, as it is. */
  | { status: number; body: string }
  /** The connection is reset before an answer. */
  | 'reset'
  /** No answer, and no end. */
  | 'hang'
  /** Half of the body behind a header that announces all of it, then the connection ends. */
  | 'truncate'
  /** Half of the body, then nothing more. */
  | 'stall'
  /** The request is carried out, but the connection is reset before the answer. */
  | 'lose answer'
  /** A chunk of an upload arrives by half, in whole units, before the connection is reset. */
  | 'cut upload'
  /** A list that says it is not complete. */
  | 'incomplete'
  /** An answer that is not Google's, as of a proxy in between. */
  | 'garbage'

export const RATE_LIMIT_429: Effect = { status: 429, reason: 'rateLimitExceeded' }
export const RATE_LIMIT_403: Effect = { status: 403, reason: 'userRateLimitExceeded' }
export const SERVER_ERROR: Effect = { status: 503, reason: 'backendError' }
export const TOKEN_EXPIRED: Effect = { status: 401, reason: 'authError', message: 'Invalid Credentials' }

/** The form of errors that Google's newer APIs have, in which the reason is in capitals. */
export const newerError = (status: number, reason: string, errors?: object[]): Effect => ({
  status,
  body: JSON.stringify({
    error: {
      code: status,
      message: `Refused: ${reason}`,
      status: 'PERMISSION_DENIED',
      ...(errors && { errors }),
      details: [
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' },
      ],
    },
  }),
})

/** What Google's front end sends to an address that asks too often. */
export const automatedQueries = (status: number): Effect => ({
  status,
  body:
    '<html><head><title>Sorry...</title></head><body><h1>We&#39;re sorry...</h1><p>... but your computer or network ' +
    'may be sending automated queries. To protect our users, we can&#39;t process your request right now.</p></body></html>',
})

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

/** Responds with the fault, possibly wrapped around what the server would have returned. */
export async function applyFault(
  effect: Effect,
  request: Request,
  answer: (request: Request) => Promise<Response>,
  { incoming, outgoing }: HttpBindings,
): Promise<Response> {
  // The connection would be closed for what is left of the body, which the client may hear of only in its next request.
  if (typeof effect === 'object') await request.arrayBuffer()
  if (typeof effect === 'object' && 'body' in effect) return new Response(effect.body, effect)
  if (typeof effect === 'object') {
    const { status, reason, message = reason, retryAfter } = effect
    return errorResponse(new GoogleError(status, reason, message), retryAfter)
  }
  if (effect === 'hang') return new Promise(() => {})
  if (effect === 'garbage') {
    return new Response('<html>Bad gateway</html>', { headers: { 'Content-Type': 'text/html' } })
  }
  if (effect === 'lose answer') await answer(request)
  if (effect === 'cut upload') await answer(await firstHalf(request))
  if (effect === 'reset' || effect === 'lose answer' || effect === 'cut upload') {
    incoming.socket.resetAndDestroy()
    return RESPONSE_ALREADY_SENT
  }
  const response = await answer(request)
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

/** A PUT of a chunk of at least two units as if only its first half had been sent. */
async function firstHalf(request: Request): Promise<Request> {
  const body = await request.arrayBuffer()
  const [, start = '', total = ''] =
    /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(request.headers.get('content-range') ?? '') ?? []
  const length = Math.floor(body.byteLength / 2 / CHUNK_UNIT) * CHUNK_UNIT
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  headers.set('content-range', `bytes ${start}-${Number(start) + length - 1}/${total}`)
  return new Request(request.url, { method: request.method, headers, body: body.slice(0, length) })
}
