import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, relative } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import send from '@fastify/send'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { AppError } from '../../../shared/contract/app-error.ts'
import { toErrorResponse } from '../../../shared/http/error-response.ts'
import { type Enter, HOSTING_LIMITS, type ProxyLimits, proxy, tunnel } from './proxy.ts'

/** The addresses of functions and of the relay, in firebase.json. */
const RUN_APP = 'https://*.run.app'
const ROOT = join(import.meta.dirname, '../../..')

export interface FrontDoorOptions {
  /** Waits for room in an instance of the service; undefined when there is none in time. */
  enter(serviceId: string): ReturnType<Enter>
  /** Routes handled here before anything else: paths that exist on one machine only. */
  own: Hono
  /** Directory of the built page. */
  publicDir: string
  /** Origin that stands for https://*.run.app, where the page may call functions at their own addresses. */
  functionOrigin?: string
  /** Default: those of the platform. */
  limits?: ProxyLimits
}

interface Hosting {
  headers: { source: string; headers: { key: string; value: string }[] }[]
  rewrites: { source: string; run?: { serviceId: string }; destination?: string }[]
}

/**
 * Stands in for Firebase Hosting: serves the files of dist/web, which take precedence over rewrites, and forwards the
 * rest according to the rewrites of firebase.json, within the limits of Hosting. Unlike Hosting, it proxies WebSockets.
 */
export async function frontDoor(options: FrontDoorOptions) {
  const { enter, own, publicDir, functionOrigin = RUN_APP, limits = HOSTING_LIMITS } = options
  const { hosting }: { hosting: Hosting } = JSON.parse(await readFile(join(ROOT, 'firebase.json'), 'utf8'))
  const entries = await readdir(publicDir, { recursive: true, withFileTypes: true })
  const files = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => `/${relative(publicDir, join(entry.parentPath, entry.name))}`),
  )
  const rewriteOf = (path: string) => hosting.rewrites.find(({ source }) => matches(path, source))

  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((error, c) => {
    const { status, body } = toErrorResponse(error)
    return c.json(body, status)
  })
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.route('/', own)
  app.get('*', async (c) => {
    const { type, stream, headers, statusCode } = await send(
      c.env.incoming,
      rewriteOf(c.req.path)?.destination ?? c.req.path,
      {
        root: publicDir,
      },
    )
    if (type !== 'file') throw new AppError('not_found', 'There is nothing at this path.')
    const body = statusCode === 304 ? null : (Readable.toWeb(stream) as ReadableStream)
    return new Response(body, { status: statusCode, headers: { ...headers, ...headersOf(c.req.path) } })
  })
  const handleHere = getRequestListener(app.fetch)

  function headersOf(path: string): Record<string, string> {
    const fitting = hosting.headers.filter(({ source }) => matches(path, source))
    return Object.fromEntries(
      fitting.flatMap(({ headers }) =>
        headers.map(({ key, value }) => [key, value.replace(RUN_APP, functionOrigin)]),
      ),
    )
  }

  /** The service that answers a path; undefined where the answer is here. */
  function serviceFor(path: string): string | undefined {
    // Some of our own paths are below the API's.
    if (own.routes.some((route) => matches(path, route.path.replace(/:\w+/g, '*')))) return undefined
    if (files.has(path)) return undefined
    return rewriteOf(path)?.run?.serviceId
  }

  return {
    request(incoming: IncomingMessage, outgoing: ServerResponse): void {
      const serviceId = serviceFor(pathOf(incoming))
      if (serviceId === undefined) void handleHere(incoming, outgoing)
      else void proxy(incoming, outgoing, () => enter(serviceId), limits)
    },
    upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
      const serviceId = serviceFor(pathOf(incoming))
      if (serviceId === undefined) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
      else void tunnel(incoming, socket, head, () => enter(serviceId))
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
