import { createSign, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createApp } from '../../../shared/http/app.ts'
import { callerCheck } from '../../../shared/http/caller.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function listen(handle: Parameters<typeof createServer>[1]): Promise<string> {
  const http = createServer(handle)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    http.closeAllConnections()
    http.close()
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

/** A server that lets permitted callers through, with a function to call it and the summary it prints at start. */
async function open(env: Record<string, string>, networkKey?: string) {
  const config = parseConfig(env)
  const caller = callerCheck(config, networkKey)
  const app = createApp({ log: createLog('silent'), allowedOrigins: config.ALLOWED_ORIGINS })
  app.post('/', caller.require, (c) => c.json({ error: { code: 'let through' } }))
  const url = await listen(getRequestListener(app.fetch))
  return {
    summary: caller.summary,
    url,
    async call(headers: Record<string, string> = {}) {
      // fetch does not let a caller choose the Host.
      const { request } = await import('node:http')
      return new Promise<string>((resolve, reject) => {
        const sent = request(url, { method: 'POST', headers }, (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve(`${response.statusCode} ${JSON.parse(text).error.code}`))
        })
        sent.on('error', reject)
        sent.end()
      })
    },
  }
}

const THROUGH = '200 let through'

describe('with API keys', () => {
  test('one of them is needed, in either header', async () => {
    const { call, summary } = await open({ API_KEYS: 'first-key, second-key' })
    expect(summary).toBe('open with an API key')
    expect(await call({ 'x-api-key': 'first-key' })).toBe(THROUGH)
    expect(await call({ authorization: 'Bearer second-key' })).toBe(THROUGH)
    expect(await call()).toBe('401 unauthorized')
    expect(await call({ authorization: 'Basic first-key' })).toBe('401 unauthorized')
    for (const key of [
      '',
      'first',
      'first-key,',
      'first-key, second-key',
      'FIRST-KEY',
      'x'.repeat(5000),
      'a.b.c',
    ]) {
      expect(await call({ 'x-api-key': key })).toBe('401 unauthorized')
    }
  })

  test('also on a server that listens on all interfaces, and in the cloud', async () => {
    for (const [name, value] of [
      ['HOST', '0.0.0.0'],
      ['PLATFORM', 'cloud'],
    ] as const) {
      const { call } = await open({ API_KEYS: 'key', [name]: value })
      expect(await call({ 'x-api-key': 'key' })).toBe(THROUGH)
      expect(await call()).toBe('401 unauthorized')
    }
  })
})

describe('without any key', () => {
  test('programs and allowed pages on this machine may call', async () => {
    for (const HOST of ['127.0.0.1', 'localhost', '::1', '127.0.0.2']) {
      const { call, summary } = await open({ HOST })
      expect(summary).toContain('this machine only')
      expect(await call()).toBe(THROUGH)
      expect(await call({ 'x-api-key': 'whatever' })).toBe(THROUGH)
      expect(await call({ origin: 'http://localhost:3000' })).toBe(THROUGH)
    }
  })

  test.each([
    ['a page from elsewhere', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    [
      'a foreign name that resolves to this machine',
      { host: 'evil.example:8000', origin: 'http://evil.example:8000' },
    ],
    ["a name that starts like this machine's", { host: 'localhost.evil.example' }],
    ['a proxy', { 'x-forwarded-for': '203.0.113.7' }],
    ['another proxy', { forwarded: 'for=203.0.113.7' }],
    ['a proxy that only names itself', { via: '1.1 proxy' }],
  ])('%s may not', async (_, headers) => {
    const { call } = await open({})
    expect(await call(headers as Record<string, string>)).toBe('403 forbidden')
  })

  test.each([
    ['TRUST_PROXY', '1'],
    ['API_BASE_URL', 'https://photos.example/api/v1'],
    ['ALLOWED_HOSTS', 'localhost,photos.example'],
  ])('a proxy that adds no header makes nobody local: %s=%s', async (name, value) => {
    const { call, summary } = await open({ [name]: value })
    expect(summary).toContain('closed')
    expect(await call()).toBe('403 forbidden')
  })

  test('nor does nginx as it is installed, which speaks HTTP/1.0', async () => {
    const { url } = await open({})
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('POST / HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n')
    expect((await text(socket)).split('\r\n')[0]).toBe('HTTP/1.1 403 Forbidden')
  })

  test.each([['PLATFORM', 'cloud']])('everyone is refused with %s=%s', async (name, value) => {
    const { call, summary } = await open({ [name]: value })
    expect(summary).toContain('closed')
    expect(await call()).toBe('403 forbidden')
  })
})

describe('on a server that the network reaches', () => {
  const KEY = 'made-at-the-first-start'

  test.each(['0.0.0.0', '::', '192.168.1.2'])('this machine needs no key with HOST=%s', async (HOST) => {
    const { call } = await open({ HOST }, KEY)
    expect(await call()).toBe(THROUGH)
    expect(await call({ origin: 'http://localhost:8000' })).toBe(THROUGH)
  })

  test.each([
    ['the address of the machine', { host: '192.168.1.2:8000' }],
    ['a foreign name', { host: 'evil.example' }],
    ['a page elsewhere', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a proxy', { 'x-forwarded-for': '127.0.0.1' }],
    ['another proxy', { forwarded: 'for=127.0.0.1;host=localhost' }],
    ['a proxy that names a host', { 'x-forwarded-host': 'localhost' }],
  ])('%s does not count as this machine, and needs the key', async (_, headers) => {
    const { call } = await open({ HOST: '0.0.0.0' }, KEY)
    const sent = headers as Record<string, string>
    expect(await call(sent)).toBe('401 unauthorized')
    expect(await call({ ...sent, 'x-api-key': 'wrong' })).toBe('401 unauthorized')
    expect(await call({ ...sent, 'x-api-key': KEY })).toBe(THROUGH)
  })

  test('a public name, or a proxy, makes nobody local', async () => {
    for (const [name, value] of [
      ['ALLOWED_HOSTS', 'photos.example'],
      ['TRUST_PROXY', '1'],
      // Something that passes requests on listens there: this server is at port 8000, and has no certificate.
      ['API_BASE_URL', 'https://192.168.1.2:8000/api/v1'],
      ['API_BASE_URL', 'http://192.168.1.2/api/v1'],
    ] as const) {
      const { call } = await open({ HOST: '0.0.0.0', [name]: value }, KEY)
      expect(await call()).toBe('401 unauthorized')
    }
  })

  test('its address in the local network is no public name', async () => {
    const { call } = await open({ HOST: '0.0.0.0', API_BASE_URL: 'http://192.168.1.2:8000/api/v1' }, KEY)
    expect(await call()).toBe(THROUGH)
  })
})

describe('with identity tokens', () => {
  const AUDIENCE = 'https://api.example/api/v1'
  const EMAIL = 'scheduler@project.iam.gserviceaccount.com'
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const others = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let root: string
  let env: Record<string, string>

  /** Serves the keys as Google's certificate endpoint does. */
  const certs = () =>
    listen((request, response) => {
      if (request.url !== '/certs') response.writeHead(404)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ 'key-1': keys.publicKey.export({ type: 'spki', format: 'pem' }) }))
    })

  function token(
    change: Record<string, unknown> = {},
    { key = keys.privateKey, alg = 'RS256' } = {},
  ): string {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: root, aud: AUDIENCE, email: EMAIL, email_verified: true, iat: now, exp: now + 3600 }
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const signed = `${encode({ alg, kid: 'key-1', typ: 'JWT' })}.${encode({ ...claims, ...change })}`
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`
  }

  beforeAll(() => {
    env = { IDENTITY_AUDIENCE: AUDIENCE, IDENTITY_EMAILS: `other@example.com, ${EMAIL}`, PLATFORM: 'cloud' }
  })

  test('a permitted account with a token for this audience may call', async () => {
    root = await certs()
    const { call, summary } = await open({ ...env, GOOGLE_OAUTH_ROOT: root })
    expect(summary).toBe('open with an identity token')
    expect(await call({ authorization: `Bearer ${token()}` })).toBe(THROUGH)
    expect(await call()).toBe('401 unauthorized')
    expect(await call({ 'x-api-key': 'key' })).toBe('401 unauthorized')
  })

  test('an audience without accounts refuses everyone, and the summary says so', async () => {
    root = await certs()
    const { call, summary } = await open({ ...env, GOOGLE_OAUTH_ROOT: root, IDENTITY_EMAILS: '' })
    expect(summary).toBe('closed until IDENTITY_EMAILS or API_KEYS is set')
    expect(await call({ authorization: `Bearer ${token()}` })).toBe('403 forbidden')
  })

  test('work alongside API keys', async () => {
    root = await certs()
    const { call } = await open({ ...env, GOOGLE_OAUTH_ROOT: root, API_KEYS: 'key' })
    expect(await call({ authorization: `Bearer ${token()}` })).toBe(THROUGH)
    expect(await call({ 'x-api-key': 'key' })).toBe(THROUGH)
  })

  test('any other token is refused', async () => {
    root = await certs()
    const { call } = await open({ ...env, GOOGLE_OAUTH_ROOT: root })
    const past = Math.floor(Date.now() / 1000) - 7200
    const wrong: [string, string][] = [
      [token({ aud: 'https://elsewhere.example' }), '401 unauthorized'],
      [token({ iss: 'https://evil.example' }), '401 unauthorized'],
      [token({ iat: past, exp: past + 3600 }), '401 unauthorized'],
      [token({}, { key: others.privateKey }), '401 unauthorized'],
      [`${token().split('.').slice(0, 2).join('.')}.`, '401 unauthorized'],
      ['a.b.c', '401 unauthorized'],
      [token({ email: 'anybody@example.com' }), '403 forbidden'],
      [token({ email: undefined }), '403 forbidden'],
      [token({ email_verified: false }), '403 forbidden'],
    ]
    for (const [bad, answer] of wrong) expect(await call({ authorization: `Bearer ${bad}` })).toBe(answer)
  })

  test('an audience without accounts refuses callers on this machine too', async () => {
    root = await certs()
    const { call } = await open({ IDENTITY_AUDIENCE: AUDIENCE, GOOGLE_OAUTH_ROOT: root })
    expect(await call()).toBe('401 unauthorized')
    expect(await call({ authorization: `Bearer ${token()}` })).toBe('403 forbidden')
  })

  test('if the signing keys cannot be fetched, the error is temporary', async () => {
    root = 'http://127.0.0.1:9'
    const { call } = await open({ ...env, GOOGLE_OAUTH_ROOT: root })
    expect(await call({ authorization: `Bearer ${token()}` })).toBe('502 oauth_unavailable')
  })
})
