import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parse } from 'content-disposition'
import { contentRoutes } from '../../../functions/local/content.ts'
import { directoryDrive } from '../../../shared/drive/directory/drive.ts'
import { directoryUpload } from '../../../shared/drive/directory/upload.ts'
import { fileSignature } from '../../../shared/drive/file-signature.ts'
import { idOfPath } from '../../../shared/drive/ids.ts'
import { createApp } from '../../../shared/http/app.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { signature } from '../../signature.ts'

const TEXT = '0123456789'
let root: string
let server: Server
let base: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'content-'))
  await writeFile(join(root, 'a.jpg'), TEXT)
  await writeFile(join(root, 'empty.png'), '')
  await writeFile(join(root, 'large.webp'), Buffer.alloc(5_000_000, 7))
  await writeFile(join(root, 'notes.txt'), 'private')
  await writeFile(join(root, 'Grüße "写真" 100%;\r\n x: y.heic'), TEXT)
  await symlink('/etc/passwd', join(root, 'passwd.jpg'))

  const app = createApp({ log: createLog('silent'), allowedOrigins: [] })
  const directory = directoryDrive({ root, base: { apiBaseUrl: 'http://localhost' }, signature })
  const stored = directoryUpload({ root: join(root, 'uploads'), base: { apiBaseUrl: 'http://localhost' } })
  app.route('/', contentRoutes({ directoryDrive: directory, signature, stored }))
  server = createServer(getRequestListener(app.fetch))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(root, { recursive: true })
})

function get(name: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const id = idOfPath(name)
  return fetch(`${base}/drive/files/${id}/content?sig=${signature.sign(id)}`, { method, headers })
}

test('the original, with type, length and name', async () => {
  const response = await get('a.jpg')
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(TEXT)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': '10',
    'content-disposition': 'attachment; filename=a.jpg',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
  })
})

test('a name with any characters survives and cannot inject a header', async () => {
  const name = 'Grüße "写真" 100%;\r\n x: y.heic'
  const response = await get(name)
  const header = response.headers.get('content-disposition') ?? ''
  expect(header).toMatch(/filename\*=UTF-8''/)
  expect(parse(header).parameters.filename).toBe(name)
  expect(response.headers.get('x')).toBeNull()
  expect(response.headers.get('content-type')).toBe('image/heic')
})

test('a large file is served completely, an empty one as empty', async () => {
  const large = Buffer.from(await (await get('large.webp')).arrayBuffer())
  expect(large.equals(Buffer.alloc(5_000_000, 7))).toBe(true)
  const empty = await get('empty.png')
  expect(empty.status).toBe(200)
  expect(empty.headers.get('content-length')).toBe('0')
  expect(await empty.text()).toBe('')
})

test('HEAD returns the same headers without a body', async () => {
  const response = await get('large.webp', {}, 'HEAD')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-length')).toBe('5000000')
  expect(response.headers.get('content-type')).toBe('image/webp')
  expect(await response.text()).toBe('')
})

test('returns 304 while the file is unchanged', async () => {
  const etag = (await get('a.jpg')).headers.get('etag') ?? ''
  const same = await get('a.jpg', { 'If-None-Match': etag })
  expect(same.status).toBe(304)
  expect(same.headers.get('etag')).toBe(etag)
  expect(same.headers.get('content-type')).toBeNull()
  expect(await same.text()).toBe('')

  await utimes(join(root, 'a.jpg'), new Date(), new Date('2020-01-01T00:00:00Z'))
  const changed = await get('a.jpg', { 'If-None-Match': etag })
  expect(changed.status).toBe(200)
  expect(changed.headers.get('etag')).not.toBe(etag)
})

test.each([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=0-1,5-6', 200, TEXT, null],
  ['lines=1-2', 200, TEXT, null],
])('the range %s', async (range, status, text, contentRange) => {
  const response = await get('a.jpg', { Range: range })
  expect(response.status).toBe(status)
  expect(await response.text()).toBe(text)
  expect(response.headers.get('content-range')).toBe(contentRange)
})

test('a range past the end is rejected', async () => {
  const response = await get('a.jpg', { Range: 'bytes=10-' })
  expect(response.status).toBe(416)
  expect(await response.json()).toMatchObject({ error: { code: 'range_not_satisfiable' } })
})

test.each(['missing.jpg', 'notes.txt', 'passwd.jpg', ''])('%j is not served', async (name) => {
  const response = await get(name)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'file_not_found' } })
})

test.each(['..%2Fa.jpg', '%2Fetc%2Fpasswd', 'a.jpg', '%00', 'local_'])('nor the id %s', async (id) => {
  const sig = signature.sign(decodeURIComponent(id))
  const response = await fetch(`${base}/drive/files/${id}/content?sig=${sig}`)
  expect(response.status).toBe(404)
})

test('whoever guesses the path of a photo gets nothing without its own signature', async () => {
  const id = idOfPath('a.jpg')
  const right = signature.sign(id)
  const wrong = [
    '',
    '?sig=',
    `?sig=${signature.sign(idOfPath('empty.png'))}`,
    `?sig=${fileSignature([randomBytes(32)]).sign(id)}`,
    `?sig=${right.slice(0, -1)}`,
    `?sig=${right}AAAA`,
  ]
  for (const query of wrong) {
    const response = await fetch(`${base}/drive/files/${id}/content${query}`)
    expect([query, response.status]).toEqual([query, 404])
    // The same as for a file that is not there.
    expect(await response.json()).toEqual(await (await get('missing.jpg')).json())
  }
})
