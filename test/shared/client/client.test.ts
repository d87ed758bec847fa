import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { WebSocketServer } from 'ws'
import { freePort } from '../../../functions/emulate/free-port.ts'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import { type Client, createClient, type ScanHandle } from '../../../shared/client/client.ts'
import type { ScanEvent } from '../../../shared/contract/events.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { base64Of, isEnd } from '../../end-to-end/api.ts'
import { sample, temporaryDataDir } from '../../sample.ts'

const { fewPhotos, selfie } = await sample()
const dataDir = await temporaryDataDir()
const serverPort = String(await freePort())
const FOLDER = 'local:/second-day'
let server: LocalServer
let client: Client
let target_face: string

// One task at a time, so that a scan is under way when its first events are read.
const start = () =>
  startServer(parseConfig({ PORT: serverPort, DATA_DIR: dataDir, MATCH_CONCURRENCY: '1' }), {
    log: createLog('silent'),
    photosDir: fewPhotos,
  })

beforeAll(async () => {
  target_face = await base64Of(selfie)
  server = await start()
  client = createClient({ apiBase: `${server.url}/api/v1` })
})
afterAll(() => server?.close())

const startScan = (drive_link = FOLDER) =>
  client.startScan({ drive_link, target_face, access_token: 'token' })

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const ids = (events: ScanEvent[]) => events.map((event) => event.event_id)

describe('the events of a scan', () => {
  test('each once and the end last, although the server is restarted in the middle', async () => {
    const scan = await startScan()
    const connections: string[] = []
    const events: ScanEvent[] = []
    for await (const event of client.events(scan, { onConnection: (state) => connections.push(state) })) {
      events.push(event)
      if (events.length === 3) {
        await server.close()
        server = await start()
      }
    }
    expect(events[0]).toMatchObject({ type: 'started', total_files: scan.total_files })
    expect(events.at(-1)?.type).toBe('completed')
    expect(events).toHaveLength(scan.total_files + 2)
    expect(new Set(ids(events)).size).toBe(events.length)
    expect(connections[0]).toBe('open')
    expect(connections).toContain('lost')

    const matches = await all(client.matches(scan))
    expect(matches.length).toBeGreaterThan(0)
    expect(matches).toEqual(events.filter((event) => event.type === 'match'))
  })

  test('from the start, behind an event, and again for a second reader', async () => {
    const scan = await startScan()
    const events = await all(client.events(scan))
    expect(await all(client.events(scan))).toEqual(events)
    const after = events[3]?.event_id ?? ''
    expect(await all(client.events(scan, { after }))).toEqual(events.slice(4))
    expect(await client.status(scan.scan_id)).toMatchObject({ status: 'completed', remaining: 0 })
  })

  test('matches and the end are polled where no socket can be opened', async () => {
    const api = `${server.url}/api/v1`
    const behindProxy = createClient({ apiBase: api, updatesUrl: `${api}/no/sockets/here` })
    const scan = await startScan()
    const connections = new Set<string>()
    const remaining: number[] = []
    const events = await all(
      behindProxy.events(scan, {
        onConnection: (state) => connections.add(state),
        onStatus: (status) => 'remaining' in status && remaining.push(status.remaining),
      }),
    )
    expect(ids(events)).toEqual([...ids(await all(client.matches(scan))), 'end'])
    expect(remaining.at(-1)).toBe(0)
    expect([...connections]).toEqual(['polling'])
  })

  test.each([503, 429, 200])(
    'a status that is answered with %i and a page once is asked for again',
    async (status) => {
      const scan = await startScan()
      const told = await all(client.events(scan))
      let failed = false
      // Lets no sockets through, and fails one answer as a server does that is just being replaced.
      const proxy = createServer(async (request, response) => {
        if (!failed && request.url?.endsWith('/status')) {
          failed = true
          response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>Not now</h1>')
          return
        }
        const { authorization = '' } = request.headers
        const answer = await fetch(server.url + request.url, { headers: { authorization } })
        response.writeHead(answer.status).end(await answer.text())
      }).listen(0, '127.0.0.1')
      await once(proxy, 'listening')
      try {
        const { port } = proxy.address() as AddressInfo
        const behindProxy = createClient({ apiBase: `http://127.0.0.1:${port}/api/v1` })
        const connections: string[] = []
        const events = await all(
          behindProxy.events(scan, { onConnection: (state) => connections.push(state) }),
        )
        expect(ids(events)).toEqual([...ids(told.filter(({ type }) => type === 'match')), 'end'])
        expect(connections).toEqual(['polling', 'lost', 'polling'])
      } finally {
        proxy.close()
        proxy.closeAllConnections()
      }
    },
  )

  test('matches and the end are polled where every socket closes before it tells anything', async () => {
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 }).on('connection', (socket) =>
      socket.close(),
    )
    await once(sockets, 'listening')
    const { port } = sockets.address() as AddressInfo
    const updatesUrl = `ws://127.0.0.1:${port}`
    const behindProxy = createClient({ apiBase: `${server.url}/api/v1`, updatesUrl })
    const scan = await startScan()
    await all(client.events(scan))
    const connections: string[] = []
    const events = await all(behindProxy.events(scan, { onConnection: (state) => connections.push(state) }))
    sockets.close()
    expect(ids(events)).toEqual([...ids(await all(client.matches(scan))), 'end'])
    expect(connections).toEqual(['open', 'lost', 'open', 'lost', 'open', 'polling'])
  })

  test('a reader who aborts gets the reason, a reader who stops leaves no socket behind', async () => {
    const scan = await startScan()
    const abort = new AbortController()
    const reading = (async () => {
      for await (const event of client.events(scan, { signal: abort.signal })) {
        if (event.type === 'started') abort.abort(new Error('enough'))
      }
    })()
    await expect(reading).rejects.toThrow('enough')
    for await (const event of client.events(scan)) if (event.type === 'started') break
    await client.erase(scan)
  })

  test('a scan erased while it is read is gone, and so is one that never was', async () => {
    const scan = await startScan('local:/')
    const reading = (async () => {
      for await (const event of client.events(scan)) {
        if (event.type === 'started') await client.erase(scan)
        expect(isEnd(event)).toBe(false)
      }
    })()
    await expect(reading).rejects.toMatchObject({ name: 'ApiError', code: 'scan_not_found' })
    expect(await client.status(scan.scan_id)).toMatchObject({ status: 'unknown' })
    await expect(all(client.events(scan))).rejects.toMatchObject({ code: 'scan_not_found' })
  })

  test('a wrong key is refused', async () => {
    const scan = await startScan()
    const thief = { ...scan, scan_key: 'wrong' }
    await expect(all(client.events(thief))).rejects.toMatchObject({ code: 'forbidden', status: 403 })
    await client.erase(scan)
  })
})

test('what analyses selfies is called at its own address where there is one', async () => {
  const nowhere = 'http://127.0.0.1:1/api/v1'
  const apart = createClient({ apiBase: nowhere, scanBase: `${server.url}/api/v1/` })
  expect((await apart.targetFace(target_face)).faces).toHaveLength(1)
  const scan = await apart.startScan({ drive_link: FOLDER, target_face, access_token: 'token' })
  await expect(apart.status(scan.scan_id)).rejects.toMatchObject({ code: 'unreachable' })
  await client.erase(scan)
})

test('the faces of a selfie, whose tokens find the same as the picture', async () => {
  const { faces, width, height } = await client.targetFace(target_face)
  expect(faces).toHaveLength(1)
  expect(faces[0]?.box.width).toBeLessThan(Math.min(width, height))
  const token = faces[0]?.face_token ?? ''
  const scan = await client.startScan({ drive_link: FOLDER, target_face: token, access_token: 'token' })
  const found = async (wanted: ScanHandle) => {
    for await (const _ of client.events(wanted));
    const files: string[] = []
    for await (const { file_id, distance } of client.matches(wanted)) files.push(`${file_id} ${distance}`)
    return files.sort()
  }
  const withPicture = await client.startScan({ drive_link: FOLDER, target_face, access_token: 'token' })
  expect(await found(scan)).toEqual(await found(withPicture))
  await client.erase(scan)
  await client.erase(withPicture)
})

test('a file is uploaded, and one that is none is refused', async () => {
  const bytes = await readFile(selfie)
  const upload = await client.upload(new Blob([bytes], { type: 'image/jpeg' }), 'Für Zoë.jpg')
  expect(upload).toMatchObject({
    name: 'Für Zoë.jpg',
    file_id: expect.any(String),
    qr_url: expect.any(String),
  })
  const back = await fetch(upload.download_link)
  expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true)
  await expect(client.upload(new Blob([]), 'empty.jpg')).rejects.toMatchObject({
    name: 'ApiError',
    status: 400,
  })
})

test('an answer that is an error rejects with its code', async () => {
  const nowhere = { drive_link: 'local:/nowhere', target_face, access_token: 'token' }
  await expect(client.startScan(nowhere)).rejects.toMatchObject({ code: 'folder_not_found', status: 404 })
  await expect(client.targetFace('%')).rejects.toMatchObject({ code: 'invalid_base64', status: 400 })
})

test('no answer, and the answer of something else', async () => {
  const nobody = createClient({ apiBase: 'http://127.0.0.1:1/api/v1' })
  await expect(nobody.status('x')).rejects.toMatchObject({ code: 'unreachable', status: undefined })
  const elsewhere = createClient({ apiBase: `${server.url}/elsewhere` })
  await expect(elsewhere.status('x')).rejects.toMatchObject({ code: 'not_found', status: 404 })
})
