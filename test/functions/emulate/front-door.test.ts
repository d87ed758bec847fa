import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Hono } from 'hono'
import { frontDoor } from '../../../functions/emulate/front-door.ts'
import { writePage } from '../../../functions/web/build.ts'
import { asyncApiDocument } from '../../../shared/contract/asyncapi.ts'
import { openApiDocument } from '../../../shared/contract/openapi.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const publicDir = await temporaryDir()
let server: Server
let url: string

beforeAll(async () => {
  await writePage(publicDir)
  const own = new Hono().get('/config.json', (c) => c.json({}))
  const door = await frontDoor({ own, portOf: () => undefined, publicDir })
  server = createServer(door.request).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
})

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
  ['/api/v1/scan/none/status', 503, 'results is not available\n'],
  ['/api/v1/docs', 503, 'auth is not available\n'],
])('%s goes to its function', async (path, status, says) => {
  const answer = await fetch(url + path)
  expect([answer.status, await answer.text()]).toEqual([status, says])
})

test('the page is revalidated, and its assets are cached', async () => {
  const page = await fetch(`${url}/`)
  expect(page.headers.get('cache-control')).toBe('no-cache')
  const [, script = ''] = /src="([^"]+)"/.exec(await page.text()) ?? []
  const asset = await fetch(url + script)
  expect(asset.headers.get('content-type')).toMatch(/javascript\b/)
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
})

test('a local route takes precedence over the build, and an unknown path returns 404', async () => {
  expect(await (await fetch(`${url}/config.json`)).json()).toEqual({})
  expect((await fetch(`${url}/nothing`)).status).toBe(404)
})
