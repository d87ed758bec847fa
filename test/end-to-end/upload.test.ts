import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from '@jest/globals'
import jsqr from 'jsqr'
import sharp from 'sharp'
import { UploadResponse } from '../../shared/contract/drive.ts'
import { BARE_ENV } from '../bare-env.ts'
import { sample } from '../sample.ts'
import { temporaryDir } from '../temporary-dir.ts'

const MAIN = join(import.meta.dirname, '../../functions/local/main.ts')
const decode = (jsqr as unknown as { default?: typeof jsqr.default }).default ?? jsqr.default
const dir = await temporaryDir()
const { album, selfie } = await sample()
const running: ChildProcess[] = []

afterEach(async () => {
  for (const server of running.splice(0)) {
    const gone = once(server, 'exit')
    server.kill('SIGTERM')
    await gone
  }
})

/** `npm start`, without any Google account; resolves with its address and what it said of uploads. */
async function serve(env: Record<string, string> = {}): Promise<{ api: string; uploads: string }> {
  const server = spawn(process.execPath, [MAIN], {
    env: { ...BARE_ENV, DATA_DIR: dir, PHOTOS_DIR: album, PORT: '0', LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(server)
  let api = ''
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    api = /listens on (\S+)/.exec(line)?.[1] ?? api
    const uploads = /^Uploads: (.*)$/.exec(line)?.[1]
    if (uploads) return { api, uploads }
  }
  throw new Error('the server did not start')
}

async function upload(
  api: string,
  content: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(content)]), 'photo.jpg')
  return fetch(`${api}/drive/upload`, { method: 'POST', body: form, headers })
}

test('an uploaded photo can be downloaded by the link in its QR code, without a Google account', async () => {
  const photo = await sharp(selfie).toBuffer()
  const { api, uploads } = await serve()
  expect(uploads).toBe(`to ${dir}/drive, open to this machine only (set API_KEYS to allow others)`)
  const answer = UploadResponse.parse(await (await upload(api, photo)).json())
  const code = sharp(
    Buffer.from(await (await fetch(`${answer.qr_url}&size=200`)).arrayBuffer()),
  ).ensureAlpha()
  const { data, info } = await code.raw().toBuffer({ resolveWithObject: true })
  const link = decode(new Uint8ClampedArray(data), info.width, info.height)?.data
  expect(link).toBe(answer.download_link)
  const download = await fetch(link ?? '')
  expect(download.headers.get('content-type')).toBe('image/jpeg')
  expect(Buffer.from(await download.arrayBuffer()).equals(photo)).toBe(true)
})

test('a server that listens on every interface takes uploads without a key from this machine alone', async () => {
  const photo = await sharp(selfie).toBuffer()
  const open = await serve({ HOST: '0.0.0.0' })
  expect(open.uploads).toContain('open to this machine, and to others with an API key')
  const api = `http://127.0.0.1:${new URL(open.api).port}/api/v1`
  expect((await upload(api, photo)).status).toBe(200)
  const passedOn = { 'x-forwarded-for': '127.0.0.1' }
  expect((await upload(api, photo, passedOn)).status).toBe(401)
  const file = join(dir, 'api.key')
  const key = (await readFile(file, 'utf8')).trim()
  expect((await upload(api, photo, { ...passedOn, 'x-api-key': key })).status).toBe(200)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})
