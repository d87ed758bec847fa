import { once } from 'node:events'
import { type ClientRequest, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, expect, test } from '@jest/globals'
import { createApp } from '../../../shared/http/app.ts'
import { readBody } from '../../../shared/http/body.ts'
import { createLog } from '../../../shared/platform/log.ts'

const LIMIT = 100_000
const app = createApp({ log: createLog('silent'), allowedOrigins: [] })
  .post('/length', async (c) => c.json({ length: (await readBody(c, LIMIT)).length }))
  .post('/hasty', async (c) => c.json({ length: (await readBody(c, 10_000_000, { grace: 1 })).length }))
  .post('/closed', (c) => c.json({ read: false }, 403))
const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** A request whose body is still to come, in chunks of unknown length unless told. */
function post(path: string, headers: Record<string, string> = {}) {
  const sent = request({ port, path, method: 'POST', headers })
  sent.flushHeaders()
  return sent
}

async function answer(sent: ClientRequest) {
  const [response] = await once(sent, 'response')
  const chunks = await response.toArray()
  sent.on('error', () => {}).destroy()
  return [response.statusCode, JSON.parse(Buffer.concat(chunks).toString())]
}
const refused = (status: number, code: string) => [status, { error: { code, message: expect.any(String) } }]

test('a body is read as it arrives', async () => {
  const sent = post('/length')
  sent.write('a'.repeat(60_000))
  sent.end('b'.repeat(40_000))
  expect(await answer(sent)).toEqual([200, { length: 100_000 }])
  const none = post('/length', { 'content-length': '0' })
  none.end()
  expect(await answer(none)).toEqual([200, { length: 0 }])
})

test('a body above the limit is refused before it ends, and before it begins where its length is told', async () => {
  const sent = post('/length')
  sent.write('a'.repeat(LIMIT + 1))
  expect(await answer(sent)).toEqual(refused(413, 'body_too_large'))
  const told = post('/length', { 'content-length': String(LIMIT + 1) })
  expect(await answer(told)).toEqual(refused(413, 'body_too_large'))
})

test.each([
  ['an unknown path', '/nothing', refused(404, 'not_found')],
  ['a path that reads none', '/closed', [403, { read: false }]],
])('%s is answered before its body has arrived', async (_, path, expected) => {
  const sent = post(path)
  sent.write('a'.repeat(1_000))
  expect(await answer(sent)).toEqual(expected)
})

test('a body that comes too slowly is refused', async () => {
  const sent = post('/hasty')
  sent.write('a')
  expect(await answer(sent)).toEqual(refused(408, 'request_timeout'))
})

test('a body that stops is refused, however fast it came', async () => {
  // At the slowest speed it would have had two minutes.
  const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.alloc(6_000_000)) })
  const response = await app.request(
    new Request('http://x/hasty', { method: 'POST', body, duplex: 'half' } as RequestInit),
  )
  expect([response.status, await response.json()]).toEqual(refused(408, 'request_timeout'))
})

test('the memory for bodies is shared, and free again when they are through', async () => {
  const large = 150 * 1024 * 1024
  const one = createApp({ log: createLog('silent'), allowedOrigins: [] }).post('/', async (c) => {
    return c.json({ length: (await readBody(c, large)).length })
  })
  const waiting = Promise.withResolvers<void>()
  const half = Buffer.alloc(large / 2)
  const body = (until?: Promise<void>) =>
    new ReadableStream({
      async start(controller) {
        controller.enqueue(half)
        await until
        controller.enqueue(half)
        controller.close()
      },
    })
  const call = (until?: Promise<void>) =>
    one.request(
      new Request('http://x/', { method: 'POST', body: body(until), duplex: 'half' } as RequestInit),
    )
  const held = [call(waiting.promise), call(waiting.promise)]
  const third = await call()
  expect([third.status, (await third.json()).error.code]).toEqual([503, 'busy'])
  waiting.resolve()
  const statuses = (await Promise.all(held)).map(({ status }) => status)
  expect(statuses).toContain(503)
  expect((await call()).status).toBe(200)
})
