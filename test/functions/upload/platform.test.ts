import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MAX_FILE, uploadRoutes } from '../../../functions/upload/handlers.ts'
import { createApp } from '../../../shared/http/app.ts'
import { callerCheck } from '../../../shared/http/caller.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { formWith, png, type UploadServer, uploadServer } from './upload-server.ts'

const dir = await temporaryDir()
let drive: UploadServer
let server: Server
let url: string

// As on Google's platform, the framework reads the body before it calls the function.
beforeAll(async () => {
  drive = await uploadServer(dir)
  const caller = callerCheck(parseConfig({ PLATFORM: 'cloud', API_KEYS: 'key' }))
  const app = createApp({ log: drive.deps.log, allowedOrigins: [] })
  app.route('/api/v1', uploadRoutes(drive.deps, { caller, maxFile: MAX_FILE.cloud }))
  http('upload', getRequestListener(app.fetch))
  server = getTestServer('upload')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/drive/upload`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await drive.close()
})

async function post(body: FormData, headers: Record<string, string> = { 'x-api-key': 'key' }) {
  const response = await fetch(url, { method: 'POST', body, headers })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

test('uploads a form whose body the framework has read', async () => {
  const content = png(3_000_000)
  const { status, body } = await post(formWith(content))
  expect(status).toBe(200)
  expect(Buffer.from(await (await fetch(body.download_link)).arrayBuffer()).equals(content)).toBe(true)
})

test('accepts at most 31 MB', async () => {
  const content = Buffer.concat([png(), Buffer.alloc(MAX_FILE.cloud)], MAX_FILE.cloud + 1)
  expect((await post(formWith(content.subarray(0, -1)))).status).toBe(200)
  expect(await post(formWith(content))).toMatchObject({
    status: 413,
    body: { error: { code: 'file_too_large' } },
  })
})

test('requires a key', async () => {
  expect(await post(formWith(png()), {})).toMatchObject({
    status: 401,
    body: { error: { code: 'unauthorized' } },
  })
})

test('rejects a damaged form', async () => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'x-api-key': 'key' },
    body: '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc',
  })
  expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
    400,
    'invalid_multipart',
  ])
})
