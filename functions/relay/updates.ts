import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { AppError } from '../../shared/contract/app-error.ts'
import { UpdatesQuery } from '../../shared/contract/scan.ts'
import { keyOffered, protocolSelected } from '../../shared/contract/updates-protocol.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import { networkOf } from '../../shared/http/client-address.ts'
import { toErrorResponse } from '../../shared/http/error-response.ts'
import type { HostCheck } from '../../shared/http/hosts.ts'
import { originAllowed } from '../../shared/http/origins.ts'
import { check } from '../../shared/http/validate.ts'
import type { Log } from '../../shared/platform/log.ts'
import { authorizedScan } from '../../shared/scan/secrets/scan-key.ts'
import type { AlbumStore } from '../../shared/store/album-port.ts'
import type { ScanStore } from '../../shared/store/port.ts'
import { albumFeed } from './album-feed.ts'
import { broadcastEvents } from './broadcast.ts'
import { CLOSE, type FeedOptions, feed, type OpenSocket } from './feed.ts'
import { type SocketLimit, socketLimit } from './socket-limit.ts'

const UPDATES_PATH = `${BASE_PATH}/ws/updates`

/** Milliseconds between pings. A client that has not answered one by the next is considered dead. */
const PING_INTERVAL = 25_000
/** Milliseconds that clients have to complete the closing handshake when the relay shuts down. */
const CLOSE_TIMEOUT = 2_000

export interface RelayOptions {
  scans: ScanStore
  albums: Pick<AlbumStore, 'get' | 'watch'>
  log: Log
  allowedOrigins: readonly string[]
  /** Whether a client without a scan id sees the events of all scans, as the contract says. */
  broadcast: boolean
  /** Refuses requests to other servers. */
  checkHost?: HostCheck
  /** TRUST_PROXY: how many proxies are in front, by which clients are told apart. */
  proxies?: number
  limit?: SocketLimit
  pingInterval?: number
  now?: () => number
}

/** Options for the HTTP server: a request that offers HTTP/2 (`Upgrade: h2c`) is handled like any other request. */
export const WEBSOCKET_ONLY = {
  shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
}

/** The WebSocket endpoint. Pass `upgrade` every upgrade request of the HTTP server. */
export function updatesRelay({
  scans,
  albums,
  log,
  allowedOrigins,
  broadcast,
  checkHost,
  proxies = 0,
  limit = socketLimit(),
  pingInterval = PING_INTERVAL,
  now = Date.now,
}: RelayOptions) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 1024,
    handleProtocols: protocolSelected,
  })
  const answered = new WeakSet<WebSocket>()
  const select = broadcastEvents(scans)

  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, pingInterval)
  pings.unref()

  /** What the client may have and asks for; throws an AppError for anything else. */
  async function authorize(request: IncomingMessage): Promise<FeedOptions | { albumId: string }> {
    // Not with `new URL`, whose error would bring the address, and with it a key, into the log.
    const url = URL.parse(request.url ?? '/', 'http://relay')
    if (url?.pathname !== UPDATES_PATH) throw new AppError('not_found', 'There is nothing at this path.')
    checkHost?.(request.headers.host)
    if (!originAllowed(request.headers.origin, request.headers.host, allowedOrigins)) {
      throw new AppError('forbidden', 'This origin may not connect, see ALLOWED_ORIGINS.')
    }
    const query = check(UpdatesQuery, Object.fromEntries(url.searchParams))
    const { scan_id: scanId, album_id: albumId, after } = query
    if (albumId !== undefined) {
      if (scanId !== undefined) throw new AppError('invalid_request', 'Either scan_id or album_id.')
      const album = await albums.get(albumId)
      if (!album) throw new AppError('album_not_found', 'There is no such album.')
      if (album.until <= now()) throw new AppError('album_ended', 'This album has ended.')
      return { albumId }
    }
    const key = bearerOf(request) ?? keyOffered(request.headers['sec-websocket-protocol']) ?? query.key
    if (scanId === undefined && (after !== undefined || !broadcast)) {
      throw new AppError('invalid_request', 'scan_id is missing.')
    }
    if (scanId !== undefined && (after !== undefined || !broadcast)) {
      if (!key && !broadcast)
        throw new AppError('forbidden', 'This server needs the scan_key, as a subprotocol or a bearer token.')
      await authorizedScan(scans, scanId, key)
      if (after && !(await scans.has(scanId, after))) {
        throw new AppError('invalid_cursor', '`after` is not an event of this scan.')
      }
    }
    return { scanId, after, select: scanId === undefined ? select : undefined }
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A client that hangs up before ws takes the socket over must not end the process.
    const ignore = () => {}
    socket.on('error', ignore)
    try {
      const release = limit.take(networkOf(peerOf(request), proxies))
      socket.once('close', release)
      const options = await authorize(request)
      if (socket.destroyed) return
      const opening = Promise.withResolvers<OpenSocket>()
      const watch =
        'albumId' in options
          ? albumFeed(opening.promise, options.albumId, albums)
          : feed(opening.promise, options, scans, log)
      const closed = new Promise<void>((resolve) => socket.once('close', resolve))
      void closed.then(watch.stop)
      await Promise.race([watch.ready, closed])
      socket.off('error', ignore)
      server.handleUpgrade(request, socket, head, (client) => {
        answered.add(client)
        client.on('pong', () => answered.add(client))
        client.on('error', (error) => log.debug({ err: error }, 'socket failed'))
        opening.resolve({ client, connection: socket })
      })
    } catch (error) {
      refuse(socket, error)
    }
  }

  function refuse(socket: Duplex, error: unknown): void {
    const { status, body } = toErrorResponse(error)
    if (status === 500) log.error({ err: error }, 'upgrade failed')
    const json = JSON.stringify(body)
    // The HTTP server no longer owns the socket, so it must be closed here in case the client does not.
    socket.once('finish', () => socket.destroy())
    socket.end(
      `HTTP/1.1 ${status} ${body.error.code}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
    )
  }

  return {
    upgrade,
    /** Closes every connection with 1001, after which clients resume elsewhere. Resolves when all are closed. */
    async close(): Promise<void> {
      clearInterval(pings)
      // First of all, so that clients that reconnect at once are refused, with 503.
      server.close()
      const closed = [...server.clients].map((client) => {
        const gone = new Promise((resolve) => client.once('close', resolve))
        client.close(CLOSE.goingAway, 'server is going away, resume with after')
        return gone
      })
      const timeout = setTimeout(() => {
        for (const client of server.clients) client.terminate()
      }, CLOSE_TIMEOUT)
      await Promise.all(closed)
      clearTimeout(timeout)
    },
  }
}

const peerOf = ({ socket, headers }: IncomingMessage) => ({
  remoteAddress: socket.remoteAddress,
  forwardedFor: [headers['x-forwarded-for'] ?? []].flat().join(),
})

function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}
