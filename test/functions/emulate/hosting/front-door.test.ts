import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Hono } from 'hono'
import { type FrontDoorOptions, frontDoor } from '../../../../functions/emulate/hosting/front-door.ts'
import { HOSTING_LIMITS } from '../../../../functions/emulate/hosting/proxy.ts'
import { writePage } from '../../../../functions/web/build.ts'
import { asyncApiDocument } from '../../../../shared/contract/documents/asyncapi.ts'
import { openApiDocument } from '../../../../shared/contract/documents/openapi.ts'
import { temporaryDir } from '../../../temporary-dir.ts'

const publicDir = await temporaryDir()
const servers: Server[] = []
/** Has the platform's time limit, which no busy machine reaches. */
let url: string
/** Cuts requests off after 100 ms. */
let hurried: string
/** Where requests go; undefined where no instance has room. */
let service: Server | undefined
/** The services that got requests, and how many of those have ended. */
const entered: string[] = []
let left = 0
let gone = Promise.withResolvers<void>()

async function enter(serviceId: string) {
  entered.push(serviceId)
  const { port } = (service?.address() ?? {}) as AddressInfo
  return service && { instance: { port }, leave }
}
function leave(): void {
  left++
  gone.resolve()
}
async function serve(listener: RequestListener): Promise<void> {
  service = createServer(listener).listen(0, '127.0.0.1')
  await once(service, 'listening')
}
beforeEach(() => {
  entered.length = left = 0
  gone = Promise.withResolvers<void>()
})
afterEach(() => {
  service?.close()
  service?.closeAllConnections()
  service = undefined
})

beforeAll(async () => {
  await writePage(publicDir)
  const own = new Hono().get('/config.json', (c) => c.json({}))
  const options = { own, enter, publicDir, functionOrigin: 'http://localhost:1' }
  url = await open({ ...options, limits: { ...HOSTING_LIMITS, bodyBytes: 1_000 } })
  hurried = await open({ ...options, limits: { ...HOSTING_LIMITS, requestMs: 100 } })
})
afterAll(() => {
  for (const server of servers) server.close()
})

async function open(options: FrontDoorOptions): Promise<string> {
  const server = createServer((await frontDoor(options)).request).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each([
  ['/api/v1/openapi.json', openApiDocument('/api/v1')],
  ['/api/v1/asyncapi.json', asyncApiDocument()],
])('%s is what the build left, though a function answers what is below /api/v1', async (path, document) => {
  const answer = await fetch(url + path)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/)
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)))
})

test.each([
  ['/api/v1/scan/none/status', 'results'],
  ['/api/v1/docs', 'auth'],
])('%s goes to %s', async (path, name) => {
  await serve((request, response) => response.end(request.url))
  const answer = await fetch(url + path)
  expect([answer.status, await answer.text()]).toEqual([200, path])
  // The client may have its answer before the request counts as ended.
  await gone.promise
  expect({ entered, left }).toEqual({ entered: [name], left: 1 })
})

describe('as on the platform', () => {
  const post = (body: BodyInit, to = url) =>
    fetch(`${to}/api/v1/scan`, { method: 'POST', body, duplex: 'half' } as RequestInit)

  test('a request for which no instance has room is refused', async () => {
    const { status } = await fetch(`${url}/api/v1/scan/none/status`)
    expect({ status, entered }).toEqual({ status: 429, entered: ['results'] })
  })

  test('a request that takes too long is cut off, while its instance goes on with it', async () => {
    const released = Promise.withResolvers<void>()
    const finished = Promise.withResolvers<void>()
    await serve(async (_, response) => {
      await released.promise
      response.end('late', finished.resolve)
    })
    expect((await post('{}', hurried)).status).toBe(504)
    // By the end of another request, the first would have been given up.
    await fetch(`${url}/nothing`)
    expect(left).toBe(0)
    released.resolve()
    await finished.promise
  })

  test('a client that goes away takes its request with it', async () => {
    const gone = Promise.withResolvers<void>()
    const abort = new AbortController()
    await serve((request) => {
      request.on('close', gone.resolve)
      abort.abort()
    })
    await expect(fetch(`${url}/api/v1/scan/none/status`, { signal: abort.signal })).rejects.toThrow('aborted')
    await gone.promise
  })

  test.each([
    ['that says so', () => 'x'.repeat(1_001)],
    ['of unknown length', () => new Blob(['x'.repeat(600), 'y'.repeat(600)]).stream()],
  ])('a body %s is refused when it is too large', async (_, body) => {
    await serve((request, response) => request.resume().on('end', () => response.end()))
    expect((await post(body())).status).toBe(413)
  })

  test('a body of the largest size is passed on', async () => {
    await serve(async (request, response) => response.end(await text(request)))
    const largest = 'x'.repeat(1_000)
    const answer = await post(largest)
    expect([answer.status, await answer.text()]).toEqual([200, largest])
  })
})

test('the page may call functions, is revalidated, and its assets are cached', async () => {
  const page = await fetch(`${url}/`)
  expect(page.headers.get('cache-control')).toBe('no-cache')
  expect(page.headers.get('content-security-policy')).toMatch(/connect-src [^;]* http:\/\/localhost:1 /)
  const [, script = ''] = /src="([^"]+)"/.exec(await page.text()) ?? []
  const asset = await fetch(url + script)
  expect(asset.headers.get('content-type')).toMatch(/javascript\b/)
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
})

test('a local route takes precedence over the build, and an unknown path returns 404', async () => {
  expect(await (await fetch(`${url}/config.json`)).json()).toEqual({})
  expect((await fetch(`${url}/nothing`)).status).toBe(404)
})
