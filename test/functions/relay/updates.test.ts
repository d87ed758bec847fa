import { randomUUID } from 'node:crypto'
import { on, once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import WebSocket from 'ws'
import { type SocketLimit, socketLimit } from '../../../functions/relay/socket-limit.ts'
import { updatesRelay, WEBSOCKET_ONLY } from '../../../functions/relay/updates.ts'
import {
  END,
  type FileEvent,
  type ScanEvent,
  STARTED,
  type Unstored,
} from '../../../shared/contract/events.ts'
import { updatesProtocols } from '../../../shared/contract/updates-protocol.ts'
import { createLog, type Log } from '../../../shared/platform/log.ts'
import { newScanKey } from '../../../shared/scan/secrets/scan-key.ts'
import type { ScanStore, WatchListener } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { type Updates, type UpdatesOptions, updates } from '../../end-to-end/api.ts'
import { silent, storedScan } from '../../shared/scan/scan-fixture.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

interface RelaySettings {
  log?: Log
  broadcast?: boolean
  pingInterval?: number
  watch?: ScanStore['watch']
  limit?: SocketLimit
}

async function relayOn(options: RelaySettings = {}) {
  const relay = updatesRelay({
    scans: { ...store.scans, watch: options.watch ?? store.scans.watch },
    albums: store.albums,
    log: options.log ?? silent,
    allowedOrigins: [],
    broadcast: options.broadcast ?? true,
    ...(options.pingInterval === undefined ? {} : { pingInterval: options.pingInterval }),
    ...(options.limit === undefined ? {} : { limit: options.limit, proxies: 1 }),
  })
  const http = createServer(WEBSOCKET_ONLY).on('upgrade', relay.upgrade).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    relay,
    port,
    http,
    url: (query = '') => `ws://127.0.0.1:${port}/api/v1/ws/updates${query}`,
    async close() {
      await relay.close()
      http.close()
    },
  }
}

const event = (scanId: string, index: number, padding = ''): Unstored<FileEvent> => ({
  type: 'progress',
  scan_id: scanId,
  event_id: `file:${index}`,
  file_id: String(index),
  file_name: `${index}${padding}.jpg`,
  status: 'no_match',
})

/** The handshake of a client, for tests that write it to a plain socket. */
const handshakeOf = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

async function scanWithKey(total: number) {
  const { key, hash } = newScanKey()
  const { scan_id } = await storedScan(store, total, { key_hash: hash })
  return { scan_id, key }
}

afterEach(() => {
  jest.useRealTimers()
})

describe('the relay', () => {
  let server: Awaited<ReturnType<typeof relayOn>>
  beforeAll(async () => {
    server = await relayOn()
  })
  afterAll(() => server.close())

  test('sends the events of one scan, or without parameters those of all', async () => {
    const [a, b] = [await scanWithKey(2), await scanWithKey(2)]
    const all = await updates(server.url())
    const one = await updates(server.url(`?scan_id=${a.scan_id}`))
    await store.scans.append(b.scan_id, 0, [event(b.scan_id, 0)])
    await store.scans.append(a.scan_id, 0, [event(a.scan_id, 1)])
    await one.until((seen) => seen.event_id === 'file:1')
    await all.until((seen) => seen.scan_id === a.scan_id && seen.event_id === 'file:1')
    expect(one.events.map((seen) => seen.event_id)).toEqual(['file:1'])
    expect(all.events.map((seen) => [seen.scan_id, seen.event_id])).toEqual([
      [b.scan_id, 'file:0'],
      [a.scan_id, 'file:1'],
    ])
    for (const socket of [all, one]) socket.close()
  })

  test('broadcasts nothing of albums: neither their files while they are indexed nor what guests find', async () => {
    const album = { album_id: 'album-1', keep_faces_until: Date.now() + 60_000 }
    const indexing = await storedScan(store, 2, { album })
    const other = await scanWithKey(2)
    const all = await updates(server.url())
    await store.scans.append(indexing.scan_id, 0, [event(indexing.scan_id, 0)])
    await store.scans.append(other.scan_id, 0, [event(other.scan_id, 0)])
    const { folder, engine_id, key_hash, created_at, expire_at } = indexing
    const scan_id = randomUUID()
    await store.scans.createEnded(
      { scan_id, folder, engine_id, key_hash, created_at, expire_at, album, total_files: 1 },
      {
        started: { type: 'started', scan_id, event_id: STARTED, total_files: 1 },
        files: [event(scan_id, 0)],
        end: { type: 'completed', scan_id, event_id: END },
      },
    )
    await store.scans.append(other.scan_id, 0, [event(other.scan_id, 1)])
    await all.until((seen) => seen.scan_id === other.scan_id && seen.event_id === 'file:1')
    expect(new Set(all.events.map((seen) => seen.scan_id))).toEqual(new Set([other.scan_id]))
    all.close()
  })

  test('replays what was stored before and during the replay, in order and without repeats', async () => {
    const total = 2_000
    const { scan_id, key } = await scanWithKey(total)
    const half = total / 2
    for (let index = 0; index < half; index++) await store.scans.append(scan_id, 0, [event(scan_id, index)])
    const client = await updates(server.url(`?scan_id=${scan_id}&key=${key}&after=`))
    for (let index = half; index < total; index++) {
      await store.scans.append(scan_id, 0, [event(scan_id, index)])
      if (index % 50 === 0) await new Promise(setImmediate)
    }
    await client.until((seen) => seen.event_id === `file:${total - 1}`)
    client.close()
    const expected = ['started', ...Array.from({ length: total }, (_, index) => `file:${index}`)]
    expect(client.events.map((seen) => seen.event_id)).toEqual(expected)
  })

  test('sends many sockets the same replay, with events of any length', async () => {
    const { scan_id, key } = await scanWithKey(3)
    const long = [event(scan_id, 0), event(scan_id, 1, 'é'.repeat(20)), event(scan_id, 2, 'é'.repeat(40_000))]
    await store.scans.append(scan_id, 0, long)
    const end = { type: 'completed', scan_id, event_id: 'end' } as const
    await store.scans.end(scan_id, end, Date.now() + 60_000)
    const url = server.url(`?scan_id=${scan_id}&key=${key}&after=`)
    const clients = await Promise.all(Array.from({ length: 20 }, () => updates(url)))
    for (const client of clients) {
      await client.until((seen) => seen.type === 'completed')
      client.close()
      expect(client.events.slice(1)).toMatchObject([...long, end])
    }
  })

  test('disconnects a client that lags far behind, which resumes with what it missed', async () => {
    const { scan_id, key } = await scanWithKey(1)
    const slow = await updates(server.url(`?scan_id=${scan_id}`))
    slow.socket.pause()
    const padding = 'x'.repeat(60_000)
    // More than the limit and the kernel's buffers at both ends hold together.
    const total = 400
    for (let index = 0; index < total; index++) {
      await store.scans.append(scan_id, 0, [event(scan_id, index, padding)])
      await new Promise(setImmediate)
    }
    slow.socket.resume()
    expect(await slow.closed).toBe(1013)
    expect(slow.events.length).toBeLessThan(total)

    const last = encodeURIComponent(slow.events.at(-1)?.event_id ?? '')
    const again = await updates(server.url(`?scan_id=${scan_id}&key=${key}&after=${last}`))
    await again.until((seen) => seen.event_id === `file:${total - 1}`)
    again.close()
    expect(slow.events.length + again.events.length).toBe(total)
  })

  test('refuses other paths, and survives a client that hangs up during the upgrade', async () => {
    await expect(updates(`ws://127.0.0.1:${server.port}/elsewhere`)).rejects.toThrow('404')
    const { scan_id, key } = await scanWithKey(1)
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(handshakeOf(`/api/v1/ws/updates?scan_id=${scan_id}&after=&key=${key}`))
    socket.resetAndDestroy()
    const client = await updates(server.url(`?scan_id=${scan_id}&after=&key=${key}`))
    await client.until((seen) => seen.type === 'started')
    client.close()
  })
})

describe('a relay whose watch the test controls', () => {
  /** Controls the watch of this scan; other watches are the store's. */
  async function controlled(scanId: string) {
    const listening = Promise.withResolvers<WatchListener>()
    const ready = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    const server = await relayOn({
      watch(watched, listener, options) {
        if (watched !== scanId) return store.scans.watch(watched, listener, options)
        listening.resolve(listener)
        return { ready: ready.promise, stop: stopped.resolve }
      },
    })
    return { server, listening: listening.promise, ready: ready.resolve, stopped: stopped.promise }
  }

  test('opens a socket only when the watch is ready, and sends it what arrived before', async () => {
    const { scan_id } = await scanWithKey(2)
    const { server, listening, ready } = await controlled(scan_id)
    let open = false
    const opening = updates(server.url(`?scan_id=${scan_id}`)).then((client) => {
      open = true
      return client
    })
    const listener = await listening
    const other = await updates(server.url())
    expect(open).toBe(false)
    ready()
    const early = { ...event(scan_id, 0), at: new Date().toISOString() } as ScanEvent
    void listener.events([early])
    const client = await opening
    await client.until((seen) => seen.event_id === early.event_id)
    for (const socket of [client, other]) socket.close()
    await server.close()
  })

  test('stops the watch when the client hangs up, during the handshake or later', async () => {
    const { scan_id } = await scanWithKey(1)
    const handshake = await controlled(scan_id)
    const leaving = connect(handshake.server.port, '127.0.0.1')
    leaving.write(handshakeOf(`/api/v1/ws/updates?scan_id=${scan_id}`))
    await handshake.listening
    leaving.resetAndDestroy()
    await handshake.stopped
    await handshake.server.close()

    const open = await controlled(scan_id)
    open.ready()
    const client = await updates(open.server.url(`?scan_id=${scan_id}`))
    client.close()
    await open.stopped
    await open.server.close()
  })

  test.each([
    ['gone', 4404, (listener: WatchListener) => listener.gone?.()],
    ['broken', 1011, (listener: WatchListener) => listener.failed?.(new Error('the store is away'))],
  ])('closes the socket when the watch is %s, with %i', async (_what, code, end) => {
    const { scan_id } = await scanWithKey(1)
    const { server, listening, ready, stopped } = await controlled(scan_id)
    ready()
    const client = await updates(server.url(`?scan_id=${scan_id}`))
    end(await listening)
    expect(await client.closed).toBe(code)
    await stopped
    await server.close()
  })
})

describe('a relay with its own settings', () => {
  test('leaves requests that offer HTTP/2 to the HTTP server', async () => {
    const server = await relayOn()
    server.http.on('request', (_, response) => response.end('answered'))
    const socket = connect(server.port, '127.0.0.1')
    socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n\r\n',
    )
    let answer = ''
    for await (const piece of socket) answer += piece
    expect(answer).toMatch(/^HTTP\/1.1 200 OK[\s\S]*answered/)
    await server.close()
  })

  test('closes the socket of a refused client that does not close it', async () => {
    const server = await relayOn()
    const connected = once(server.http, 'connection')
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write(handshakeOf('/elsewhere'))
    const [theirs] = await connected
    socket.resume()
    await once(theirs, 'close')
    socket.destroy()
    await server.close()
  })

  test('requires a scan id and its key when it does not broadcast', async () => {
    const server = await relayOn({ broadcast: false })
    const { scan_id, key } = await scanWithKey(1)
    await expect(updates(server.url())).rejects.toThrow('400')
    await expect(updates(server.url(`?scan_id=${scan_id}`))).rejects.toThrow('403')
    const refused = updates(server.url(`?scan_id=${scan_id}`), { protocols: updatesProtocols('wrong') })
    await expect(refused).rejects.toThrow('403')
    const client = await updates(server.url(`?scan_id=${scan_id}`), { protocols: updatesProtocols(key) })
    client.close()
    await server.close()
  })

  type Place = (key: string) => UpdatesOptions & { query?: string }
  test.each<[string, Place, string]>([
    ['a subprotocol', (key) => ({ protocols: ['face-recon', `key.${key}`] }), 'face-recon'],
    ['the first of them', (key) => ({ protocols: [`key.${key}`, 'face-recon'] }), 'face-recon'],
    ['a bearer token', (key) => ({ headers: { authorization: `Bearer ${key}` } }), ''],
    ['part of the URL', (key) => ({ query: `&key=${key}` }), ''],
  ])('takes the key as %s, and never gives it back', async (_where, place, selected) => {
    const server = await relayOn({ broadcast: false })
    const { scan_id, key } = await scanWithKey(1)
    const connectWith = ({ query = '', ...options }: ReturnType<Place>) =>
      updates(server.url(`?scan_id=${scan_id}&after=${query}`), options)
    await expect(connectWith(place('wrong'))).rejects.toThrow('403')
    const client: Updates = await connectWith(place(key))
    expect(client.socket.protocol).toBe(selected)
    await client.until((seen) => seen.type === 'started')
    client.close()
    await server.close()
  })

  test('logs no key, not even one in an address that cannot be read', async () => {
    const lines: string[] = []
    const server = await relayOn({ log: createLog('debug', { write: (line) => lines.push(line) }) })
    const socket = connect(server.port, '127.0.0.1')
    socket.write(handshakeOf('//:no-port/api/v1/ws/updates?key=secret'))
    let answer = ''
    for await (const piece of socket) answer += piece
    expect(answer).toMatch(/^HTTP\/1.1 404 /)
    expect(lines.join('')).not.toContain('secret')
    await server.close()
  })

  test('has so many sockets in all and for one network, whose places are free again when they close', async () => {
    const limited = await relayOn({ limit: socketLimit(3, 2) })
    const status = async (address: string) => {
      const headers = { 'x-forwarded-for': `1.2.3.4, ${address}` }
      const socket = new WebSocket(limited.url(), { headers })
      const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode)
      const opened = once(socket, 'open').then(() => socket)
      for (const outcome of [refused, opened]) outcome.catch(() => {})
      return Promise.race([refused, opened])
    }
    const [first] = [await status('203.0.113.1'), await status('203.0.113.1')]
    expect(await status('203.0.113.1')).toBe(429)
    expect(await status('203.0.113.2')).toBeInstanceOf(WebSocket)
    expect(await status('203.0.113.3')).toBe(503)
    first.close()
    await once(first, 'close')
    while ((await status('203.0.113.1')) === 503) await new Promise(setImmediate)
    expect(await status('203.0.113.3')).toBe(503)
    await limited.close()
  })

  test('refuses new clients while it closes', async () => {
    const server = await relayOn()
    // It does not read, so it takes a while to close.
    const slow = await updates(server.url())
    slow.socket.pause()
    const closing = server.relay.close()
    await expect(updates(server.url())).rejects.toThrow('503')
    slow.socket.resume()
    await closing
    server.http.close()
    expect(await slow.closed).toBe(1001)
  })

  test('closes its connections with 1001 when it shuts down', async () => {
    const server = await relayOn()
    const client = await updates(server.url())
    await server.close()
    expect(await client.closed).toBe(1001)
  })

  test('tells of an album at once and whenever guests may see a change, until it is erased', async () => {
    const album_id = 'album-1'
    const about = { album_id, title: 'Party', folder: { id: 'f' }, drive_link: 'f', recursive: false }
    const times = { created_at: Date.now(), until: Date.now() + 3_600_000 }
    await store.albums.create({ ...about, authorisation: 'directory', code_hash: undefined, ...times })
    const server = await relayOn({ broadcast: false })
    const client = new WebSocket(server.url(`?album_id=${album_id}`))
    const messages = on(client, 'message')
    await expect(updates(server.url('?album_id=unknown'))).rejects.toThrow('404')
    const next = async () => JSON.parse(String((await messages.next()).value?.[0]))
    const seen = { type: 'album', album_id, index_version: 0, photos: 0, indexing: false, closed: false }
    expect(await next()).toEqual(seen)
    await store.albums.patch(album_id, { last_listed_at: 5 })
    await store.albums.patch(album_id, { closed: true })
    expect(await next()).toEqual({ ...seen, closed: true })
    await store.albums.publish(album_id, 0, [], { photos: 7, faces: 9, failed: 0 })
    expect(await next()).toEqual({ ...seen, closed: true, index_version: 1, photos: 7 })
    const closed = once(client, 'close')
    await store.albums.patch(album_id, { until: Date.now() - 1 })
    await expect(updates(server.url(`?album_id=${album_id}`))).rejects.toThrow('410')
    await store.albums.erase(album_id)
    expect((await closed)[0]).toBe(4404)
    await server.close()
  })

  test('keeps a client that answers pings and terminates one that does not', async () => {
    // The test decides when pings are sent, so that a slow pong does not count as a missing one.
    jest.useFakeTimers({
      doNotFake: [
        'Date',
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setTimeout',
        'clearTimeout',
      ],
    })
    const server = await relayOn({ pingInterval: 1_000 })
    const alive = await updates(server.url())
    const dead = await updates(server.url(), { autoPong: false })
    /** Resolves when the server has read everything that the client has sent. */
    const heard = async () => {
      const pong = once(alive.socket, 'pong')
      alive.socket.ping()
      await pong
    }
    for (let round = 0; round < 3; round++) {
      const pinged = once(alive.socket, 'ping')
      jest.advanceTimersByTime(1_000)
      await pinged
      await heard()
    }
    expect(await dead.closed).toBe(1006)
    expect(alive.socket.readyState).toBe(alive.socket.OPEN)
    await server.close()
  })
})
