import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { AppError } from '../../shared/contract/app-error.ts'
import { UpdatesQuery } from '../../shared/contract/scan.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import { toErrorResponse } from '../../shared/http/error-response.ts'
import { originAllowed } from '../../shared/http/origins.ts'
import { check } from '../../shared/http/validate.ts'
import type { Log } from '../../shared/platform/log.ts'
import { authorizedScan } from '../../shared/scan/scan-key.ts'
import type { ScanStore } from '../../shared/store/port.ts'
import { CLOSE, type FeedOptions, feed } from './feed.ts'
import { hub } from './hub.ts'

export const UPDATES_PATH = `${BASE_PATH}/ws/updates`

/** Milliseconds between pings; a socket that has not answered one by the next is dead. */
const PING_INTERVAL = 25_000

export interface RelayOptions {
  scans: ScanStore
  log: Log
  allowedOrigins: readonly string[]
  /** Whether a client without a scan id sees the events of all scans, as the contract says. */
  broadcast: boolean
  pingInterval?: number
}

/** For the HTTP server: a request that would rather speak HTTP/2 (`Upgrade: h2c`) is a request like any other. */
export const WEBSOCKET_ONLY = {
  shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
}

/** The WebSocket endpoint: hand it every upgrade request of the HTTP server. */
export function updatesRelay({
  scans,
  log,
  allowedOrigins,
  broadcast,
  pingInterval = PING_INTERVAL,
}: RelayOptions) {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 })
  const events = hub(scans)
  const answered = new WeakSet<WebSocket>()

  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, pingInterval)
  pings.unref()

  async function judge(request: IncomingMessage): Promise<FeedOptions> {
    const url = new URL(request.url ?? '/', 'http://relay')
    if (url.pathname !== UPDATES_PATH) throw new AppError('not_found', 'There is nothing at this path.')
    if (!originAllowed(request.headers.origin, request.headers.host, allowedOrigins)) {
      throw new AppError('forbidden', 'This origin may not connect, see ALLOWED_ORIGINS.')
    }
    const { scan_id: scanId, after, key } = check(UpdatesQuery, Object.fromEntries(url.searchParams))
    if (scanId === undefined && (after !== undefined || !broadcast)) {
      throw new AppError('invalid_request', 'scan_id is missing.')
    }
    if (scanId !== undefined && (after !== undefined || !broadcast)) {
      if (!key && !broadcast) throw new AppError('forbidden', 'This server needs the scan_key as `key`.')
      await authorizedScan(scans, scanId, key ?? bearerOf(request))
      if (after && !(await scans.has(scanId, after))) {
        throw new AppError('invalid_cursor', 'There is no event `after` in this scan.')
      }
    }
    return { scanId, after }
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until ws takes the socket over, a client that hangs up must not end the process.
    const ignore = () => {}
    socket.on('error', ignore)
    try {
      const options = await judge(request)
      // An open socket promises every event from then on, so the watch comes first; the feed takes it over.
      const held = events.subscribe(options.scanId, { event() {}, gone() {} })
      try {
        await Promise.race([held.ready, once(socket, 'close')])
        socket.off('error', ignore)
        server.handleUpgrade(request, socket, head, (client) => accept(client, options))
      } finally {
        held.stop()
      }
    } catch (error) {
      refuse(socket, error)
    }
  }

  function accept(client: WebSocket, options: FeedOptions): void {
    answered.add(client)
    client.on('pong', () => answered.add(client))
    client.on('error', (error) => log.debug({ err: error }, 'socket failed'))
    feed(client, options, events, scans).catch((error: unknown) => {
      log.error({ scan_id: options.scanId, err: error }, 'feed failed')
      client.close(CLOSE.internal, 'resume with after')
    })
  }

  function refuse(socket: Duplex, error: unknown): void {
    const { status, body } = toErrorResponse(error)
    if (status >= 500) log.error({ err: error }, 'upgrade failed')
    const json = JSON.stringify(body)
    // Nobody else closes it if the client does not: the HTTP server has given it away.
    socket.once('finish', () => socket.destroy())
    socket.end(
      `HTTP/1.1 ${status} ${body.error.code}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
    )
  }

  return {
    upgrade,
    /** Sends every client away with 1001; each resumes elsewhere with `after`. Resolves when all are gone. */
    async close(): Promise<void> {
      clearInterval(pings)
      // Before anybody is sent away: who comes back here at once is refused, with 503.
      server.close()
      const closed = [...server.clients].map((client) => {
        const gone = new Promise((resolve) => client.once('close', resolve))
        client.close(CLOSE.goingAway, 'server is going away, resume with after')
        return gone
      })
      const patience = setTimeout(() => {
        for (const client of server.clients) client.terminate()
      }, 2_000)
      await Promise.all(closed)
      clearTimeout(patience)
    },
    /** For tests and metrics: sockets and the watches they share. */
    stats: () => ({ clients: server.clients.size, watches: events.size }),
  }
}

function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}
