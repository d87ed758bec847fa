import { readdir, readFile } from 'node:fs/promises'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join, relative } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import send from '@fastify/send'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import { toErrorResponse } from '../../shared/http/error-response.ts'

const ROOT = join(import.meta.dirname, '../..')

export interface FrontDoorOptions {
  /** Port of a running instance of the service; undefined if none is running. */
  portOf(serviceId: string): number | undefined
  /** Routes handled here before anything else: paths that exist on one machine only. */
  own: Hono
  /** Directory of the built page. */
  publicDir: string
}

interface Hosting {
  headers: { source: string; headers: { key: string; value: string }[] }[]
  rewrites: { source: string; run: { serviceId: string } }[]
}

/**
 * Stands in for Firebase Hosting: serves the files of dist/web, which take precedence over rewrites, and forwards the
 * rest according to the rewrites of firebase.json. Unlike Hosting, it proxies WebSockets and does not cut off long
 * requests.
 */
export async function frontDoor({ portOf, own, publicDir }: FrontDoorOptions) {
  const { hosting }: { hosting: Hosting } = JSON.parse(await readFile(join(ROOT, 'firebase.json'), 'utf8'))
  const entries = await readdir(publicDir, { recursive: true, withFileTypes: true })
  const files = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => `/${relative(publicDir, join(entry.parentPath, entry.name))}`),
  )
  const serviceOf = (path: string) =>
    hosting.rewrites.find(({ source }) => matches(path, source))?.run.serviceId

  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((error, c) => {
    const { status, body } = toErrorResponse(error)
    return c.json(body, status)
  })
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.route('/', own)
  app.get('*', async (c) => {
    const { type, stream, headers, statusCode } = await send(c.env.incoming, c.req.path, {
      root: publicDir,
    })
    if (type !== 'file') throw new AppError('not_found', 'There is nothing at this path.')
    const body = statusCode === 304 ? null : (Readable.toWeb(stream) as ReadableStream)
    return new Response(body, { status: statusCode, headers: { ...headers, ...headersOf(c.req.path) } })
  })
  const handleHere = getRequestListener(app.fetch)

  function headersOf(path: string): Record<string, string> {
    const fitting = hosting.headers.filter(({ source }) => matches(path, source))
    return Object.fromEntries(fitting.flatMap(({ headers }) => headers.map(({ key, value }) => [key, value])))
  }

  function target(path: string): { serviceId: string; port: number | undefined } | undefined {
    // Some of our own paths are below the API's.
    if (own.routes.some((route) => matches(path, route.path.replace(/:\w+/g, '*')))) return undefined
    if (files.has(path)) return undefined
    const serviceId = serviceOf(path)
    return serviceId === undefined ? undefined : { serviceId, port: portOf(serviceId) }
  }

  return {
    request(incoming: IncomingMessage, outgoing: ServerResponse): void {
      const to = target(pathOf(incoming))
      if (!to) void handleHere(incoming, outgoing)
      else if (to.port === undefined) unavailable(outgoing, to.serviceId)
      else proxy(incoming, outgoing, to.port)
    },
    upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
      const port = target(pathOf(incoming))?.port
      if (port === undefined) socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      else tunnel(incoming, socket, head, port)
    },
  }
}

/** Hosting's glob patterns: two asterisks match anything, one matches anything but a slash. */
function matches(path: string, pattern: string): boolean {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => GLOB[part] ?? part.replace(/\W/g, '\\$&'))
  return new RegExp(`^${parts.join('')}$`).test(path)
}

const GLOB: Record<string, string> = { '**': '.*', '*': '[^/]*' }

const pathOf = ({ url = '/' }: IncomingMessage) => url.replace(/\?.*$/s, '')

function proxy(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const { host, ...headers } = incoming.headers
  const upstream = request({
    port,
    host: '127.0.0.1',
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, 'x-forwarded-host': host ?? '' },
  })
  upstream.on('response', (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
    response.pipe(outgoing)
  })
  upstream.on('error', () => {
    if (outgoing.headersSent) outgoing.destroy()
    else unavailable(outgoing, 'the function')
  })
  outgoing.on('close', () => upstream.destroy())
  incoming.pipe(upstream)
}

function unavailable(outgoing: ServerResponse, what: string): void {
  outgoing.writeHead(503, { 'content-type': 'text/plain' }).end(`${what} is not available\n`)
}

/** Copies bytes unchanged in both directions. */
function tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer, port: number): void {
  const upstream = connect(port, '127.0.0.1', () => {
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
  upstream.on('close', () => socket.destroy())
  socket.on('close', () => upstream.destroy())
}
