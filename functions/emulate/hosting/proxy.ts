import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Place } from '../admission.ts'

export interface ProxyLimits {
  /** Milliseconds after which Hosting answers 504 (firebase.google.com/docs/hosting/functions). */
  requestMs: number
  /** Largest request body; above it Cloud Run answers 413 (cloud.google.com/run/quotas). */
  bodyBytes: number
}

/** Those of the platform. */
export const HOSTING_LIMITS: ProxyLimits = { requestMs: 60_000, bodyBytes: 32 * 1024 * 1024 }

/** A function's own address has no limit of 60 seconds; the longest that Cloud Run allows is an hour. */
export const FUNCTION_LIMITS: ProxyLimits = { ...HOSTING_LIMITS, requestMs: 3_600_000 }

/** Waits for room in an instance of the service; undefined when there is none in time. */
export type Enter = () => Promise<Place<{ port: number }> | undefined>

/**
 * Forwards a request to an instance of a service: 429 when none has room. A request that takes too long is answered with
 * 504, but the instance goes on with it, as it does on the platform.
 */
export async function proxy(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  enter: Enter,
  { requestMs, bodyBytes }: ProxyLimits,
): Promise<void> {
  if (Number(incoming.headers['content-length'] ?? 0) > bodyBytes) return refuse(outgoing, 413)
  const timer = setTimeout(() => refuse(outgoing, 504), requestMs)
  outgoing.on('close', () => clearTimeout(timer))
  const place = await enter()
  if (!place) return refuse(outgoing, 429)
  if (outgoing.destroyed || outgoing.headersSent) return place.leave()

  const { host, ...headers } = incoming.headers
  const upstream = request({
    port: place.instance.port,
    host: '127.0.0.1',
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, 'x-forwarded-host': host ?? '' },
  })
  upstream.on('close', place.leave)
  upstream.on('response', (response) => {
    if (outgoing.headersSent) return response.resume()
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
    response.pipe(outgoing)
  })
  upstream.on('error', () => {
    if (!outgoing.headersSent) refuse(outgoing, 503)
    else if (!outgoing.writableEnded) outgoing.destroy()
  })
  // The client has gone. After a time-out it has its answer, and the instance may go on.
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy()
  })
  let received = 0
  incoming.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received <= bodyBytes || outgoing.headersSent) return
    refuse(outgoing, 413)
    upstream.destroy()
  })
  incoming.pipe(upstream)
}

const REASONS = {
  413: 'the request is too large',
  429: 'no instance is available',
  503: 'the function is not available',
  504: 'the request took too long',
} as const

function refuse(outgoing: ServerResponse, status: keyof typeof REASONS): void {
  if (outgoing.headersSent || outgoing.destroyed) return
  outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(`${REASONS[status]}\n`)
}

/** Copies bytes unchanged in both directions, as long as both sides want. */
export async function tunnel(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  enter: Enter,
): Promise<void> {
  const place = await enter()
  if (!place) return void socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n')
  if (socket.destroyed) return place.leave()
  const upstream = connect(place.instance.port, '127.0.0.1', () => {
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`]
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
      lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`)
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
    upstream.write(head)
    socket.pipe(upstream).pipe(socket)
  })
  upstream.on('error', () => socket.destroy())
  socket.on('error', () => upstream.destroy())
  upstream.on('close', () => {
    place.leave()
    socket.destroy()
  })
  socket.on('close', () => upstream.destroy())
}
