import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { AppError } from '../../../shared/contract/app-error.ts'
import { createApp } from '../../../shared/http/app.ts'
import { callerCheck } from '../../../shared/http/caller.ts'
import { requestLimits } from '../../../shared/http/limits.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'

const closing: (() => void)[] = []
afterEach(() => {
  jest.useRealTimers()
  for (const close of closing.splice(0)) close()
})

/** A server whose limits are small, and a function to call it. */
async function open(env: Record<string, string>, { accounts = true } = {}) {
  const config = parseConfig({
    RATE_LIMIT_ADDRESS: '2',
    RATE_LIMIT_ACCOUNT: '2',
    RATE_LIMIT_WRONG_KEYS: '2',
    RATE_LIMIT_ALBUM: '4',
    RATE_LIMIT_ORIGINALS: '3',
    ...env,
  })
  const limits = requestLimits(config, { basePath: '/api/v1', accounts })
  const app = createApp({
    log: createLog('silent'),
    allowedOrigins: ['https://page.example'],
    limit: limits.byNetwork,
  })
  app.post('/api/v1/scan', async (c) => {
    await limits.byAccount(c, c.req.header('x-token') ?? 'token')
    return c.json({})
  })
  app.post('/api/v1/target-face', (c) => c.json({}))
  app.get('/api/v1/auth/google/url', (c) => c.json({}))
  app.get('/api/v1/scan/:id/status', (c) => c.json({}))
  app.post('/api/v1/albums/:id/search', (c) => {
    if (c.req.header('x-code') === 'wrong') throw new AppError('album_code_wrong', 'Wrong.')
    return c.json({})
  })
  const caller = callerCheck({ ...config, API_KEYS: ['organiser'] })
  app.get('/api/v1/albums/:id', async (c) => c.json({ organiser: await caller.allows(c) }))
  const keyed = ['/api/v1/scan/:id/matches', '/api/v1/drive/qr', '/api/v1/albums/:id/photos/:file'] as const
  for (const path of keyed) {
    app.get(path, (c) => {
      const key = c.req.header('authorization') ?? c.req.header('x-api-key') ?? c.req.query('key')
      if (!key?.endsWith('right')) throw new AppError(key ? 'forbidden' : 'unauthorized', 'Wrong.')
      return c.json({})
    })
  }
  const http = createServer(getRequestListener(app.fetch))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    http.closeAllConnections()
    http.close()
  })
  const { port } = http.address() as AddressInfo

  function call(path: string, headers: Record<string, string> = {}) {
    const method = /scan$|face$|search$/.test(path) ? 'POST' : 'GET'
    const options = { port, host: '127.0.0.1', method, path: `/api/v1${path}`, headers }
    return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
      (resolve, reject) => {
        const sent = request(options, (response) => {
          let body = ''
          response.setEncoding('utf8').on('data', (chunk) => {
            body += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
        })
        sent.on('error', reject).end()
      },
    )
  }
  /** The statuses of so many calls, one after the other. */
  async function statuses(times: number, path: string, headers: Record<string, string> = {}) {
    const all: (number | undefined)[] = []
    for (let i = 0; i < times; i++) all.push((await call(path, headers)).status)
    return all
  }
  return { call, statuses }
}

const from = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') })

test('the third call is refused with 429, Retry-After and the RateLimit headers, which pages may read', async () => {
  const { call } = await open({ TRUST_PROXY: '1' })
  const headers = { ...from('203.0.113.1'), origin: 'https://page.example' }
  const first = await call('/target-face', headers)
  expect(first.headers).toMatchObject({
    'ratelimit-policy': '2;w=600',
    ratelimit: expect.stringMatching(/^limit=2, remaining=1, reset=(600|59\d)$/),
  })
  await call('/target-face', headers)
  const refused = await call('/target-face', headers)
  expect(refused.status).toBe(429)
  expect(JSON.parse(refused.body).error.code).toBe('rate_limited')
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(590)
  expect(refused.headers['access-control-expose-headers']).toContain('Retry-After')
})

test('after 10 minutes the calls are allowed again', async () => {
  jest.useFakeTimers({ advanceTimers: true, now: Date.now() })
  const { statuses } = await open({ TRUST_PROXY: '1' })
  expect(await statuses(3, '/target-face', from('203.0.113.1'))).toEqual([200, 200, 429])
  jest.setSystemTime(Date.now() + 570_000)
  expect(await statuses(1, '/target-face', from('203.0.113.1'))).toEqual([429])
  jest.setSystemTime(Date.now() + 30_000)
  expect(await statuses(3, '/target-face', from('203.0.113.1'))).toEqual([200, 200, 429])
})

test('each kind of call is counted by itself, and reading a scan not at all', async () => {
  const { statuses } = await open({ TRUST_PROXY: '1' })
  for (const path of ['/target-face', '/scan', '/auth/google/url']) {
    expect(await statuses(3, path, from('203.0.113.1'))).toEqual([200, 200, 429])
  }
  expect(await statuses(3, '/scan/1/status', from('203.0.113.1'))).toEqual([200, 200, 200])
})

test('an address is what the outermost of our proxies saw, whatever the client writes before it', async () => {
  const { statuses } = await open({ TRUST_PROXY: '2' })
  expect(await statuses(2, '/target-face', from('203.0.113.1', '10.0.0.1'))).toEqual([200, 200])
  expect(await statuses(1, '/target-face', from('198.51.100.7', '203.0.113.1', '10.0.0.1'))).toEqual([429])
  expect(await statuses(1, '/target-face', from('203.0.113.2', '10.0.0.1'))).toEqual([200])
  // A call that passed only one of them, such as one to the address of a function.
  expect(await statuses(1, '/target-face', from('203.0.113.1'))).toEqual([429])
})

test('an IPv6 household is one address, and so is an IPv4 address written as IPv6', async () => {
  const { statuses } = await open({ TRUST_PROXY: '1' })
  expect(await statuses(2, '/target-face', from('2001:db8:1:2::1'))).toEqual([200, 200])
  expect(await statuses(1, '/target-face', from('2001:db8:1:2:ffff::2'))).toEqual([429])
  expect(await statuses(1, '/target-face', from('2001:db8:1:3::1'))).toEqual([200])
  expect(await statuses(2, '/target-face', from('203.0.113.1'))).toEqual([200, 200])
  expect(await statuses(1, '/target-face', from('::ffff:203.0.113.1'))).toEqual([429])
})

test('without TRUST_PROXY, X-Forwarded-For changes nothing but that the caller is not on this machine', async () => {
  const { statuses } = await open({})
  expect(await statuses(5, '/target-face')).toEqual([200, 200, 200, 200, 200])
  expect(await statuses(2, '/target-face', from('203.0.113.1'))).toEqual([200, 200])
  expect(await statuses(1, '/target-face', from('203.0.113.2'))).toEqual([429])
  expect(await statuses(1, '/target-face', from('127.0.0.1'))).toEqual([429])
})

test.each([
  ['TRUST_PROXY is set', { TRUST_PROXY: '1' }, {}],
  ['the public address is elsewhere', { API_BASE_URL: 'https://photos.example/api/v1' }, {}],
  ['in the cloud', { PLATFORM: 'cloud' }, {}],
  ['the server goes by another name', { ALLOWED_HOSTS: 'photos.example' }, {}],
  ['the proxy names itself', {}, { via: '1.1 proxy' }],
  ['a proxy without headers passes the name on', {}, { host: 'photos.example' }],
  ['a proxy without headers passes the origin on', {}, { origin: 'https://photos.example' }],
  ['a proxy without headers passes the page on', {}, { referer: 'https://photos.example/' }],
])('loopback is limited like any other address where %s', async (_, env, headers) => {
  const { statuses } = await open(env)
  expect(await statuses(3, '/target-face', headers)).toEqual([200, 200, 429])
})

test('a Google token starts so many scans, from whatever address', async () => {
  const { statuses, call } = await open({ TRUST_PROXY: '1' })
  for (const address of ['203.0.113.1', '203.0.113.2']) {
    expect(await statuses(1, '/scan', { ...from(address), 'x-token': 'a' })).toEqual([200])
  }
  const refused = await call('/scan', { ...from('203.0.113.3'), 'x-token': 'a' })
  expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true])
  expect(await statuses(1, '/scan', { ...from('203.0.113.3'), 'x-token': 'b' })).toEqual([200])
})

test('where a directory is the Drive, guests may all have the same token', async () => {
  const { statuses } = await open({}, { accounts: false })
  expect(await statuses(5, '/scan')).toEqual([200, 200, 200, 200, 200])
})

test('after too many wrong keys of a scan also the right one is refused, but not for other scans', async () => {
  const { statuses } = await open({ TRUST_PROXY: '1' })
  const at = from('203.0.113.1')
  expect(await statuses(5, '/scan/1/matches?key=right', at)).toEqual([200, 200, 200, 200, 200])
  expect(await statuses(3, '/scan/1/matches', at)).toEqual([401, 401, 401])
  expect(await statuses(3, '/scan/1/matches?key=wrong', at)).toEqual([403, 403, 429])
  expect(await statuses(1, '/scan/1/matches', { ...at, authorization: 'Bearer right' })).toEqual([429])
  expect(await statuses(1, '/scan/1/matches?key=right', from('203.0.113.2'))).toEqual([200])
  expect(await statuses(1, '/scan/2/matches?key=right', at)).toEqual([200])
  expect(await statuses(3, '/drive/qr', { ...at, 'x-api-key': 'wrong' })).toEqual([403, 403, 429])
})

describe('albums', () => {
  const at = from('203.0.113.1')

  test('searches are counted by address for all albums, and by album from all addresses', async () => {
    const { statuses } = await open({ TRUST_PROXY: '1' })
    expect(await statuses(3, '/albums/1/search', at)).toEqual([200, 200, 200])
    expect(await statuses(2, '/albums/2/search', at)).toEqual([200, 429])
    expect(await statuses(2, '/albums/1/search', from('203.0.113.2'))).toEqual([200, 429])
    expect(await statuses(1, '/albums/1/search', from('203.0.113.3'))).toEqual([429])
    expect(await statuses(1, '/albums/2/search', from('203.0.113.3'))).toEqual([200])
  })

  test('originals are counted by address', async () => {
    const { statuses } = await open({ TRUST_PROXY: '1' })
    expect(await statuses(3, '/albums/1/photos/a?key=right', at)).toEqual([200, 200, 200])
    expect(await statuses(1, '/albums/2/photos/b?key=right', at)).toEqual([429])
    for (const preview of ['/scan/1/matches/a/preview', '/drive/files/a/preview']) {
      expect(await statuses(1, preview, at)).toEqual([429])
    }
    expect(await statuses(1, '/albums/1/photos/a?key=right', from('203.0.113.2'))).toEqual([200])
  })

  test('after too many wrong codes also the right one is refused, but not to others nor for another album', async () => {
    const { statuses } = await open({ TRUST_PROXY: '1', RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_ALBUM: '0' })
    expect(await statuses(3, '/albums/1/search', { ...at, 'x-code': 'wrong' })).toEqual([403, 403, 429])
    expect(await statuses(1, '/albums/1/search', at)).toEqual([429])
    expect(await statuses(1, '/albums/1/search', from('203.0.113.2'))).toEqual([200])
    expect(await statuses(1, '/albums/2/search', at)).toEqual([200])
    expect(await statuses(1, '/albums/1/photos/a?key=right', at)).toEqual([200])
  })

  test('wrong keys of originals do not lock the organiser out, and wrong keys of organisers count though an album is public', async () => {
    const { statuses } = await open({ TRUST_PROXY: '1' })
    for (const album of [1, 2]) {
      const original = `/albums/${album}/photos/a?scan_id=1&key=wrong`
      expect(await statuses(1, original, at)).toEqual([403])
    }
    expect(await statuses(1, '/albums/3/photos/a?scan_id=1&key=right', at)).toEqual([429])
    expect(await statuses(1, '/scan/1/matches?key=right', at)).toEqual([429])
    expect(await statuses(5, '/albums/1', { ...at, 'x-api-key': 'organiser' })).toEqual(Array(5).fill(200))
    expect(await statuses(3, '/albums/1', { ...at, 'x-api-key': 'guess' })).toEqual([200, 200, 429])
    expect(await statuses(1, '/albums/1', at)).toEqual([200])
  })
})

test('0 is no limit', async () => {
  const none = {
    RATE_LIMIT_ADDRESS: '0',
    RATE_LIMIT_ACCOUNT: '0',
    RATE_LIMIT_WRONG_KEYS: '0',
    RATE_LIMIT_ALBUM: '0',
    RATE_LIMIT_ORIGINALS: '0',
  }
  const { statuses } = await open({ TRUST_PROXY: '1', ...none })
  expect(await statuses(4, '/scan')).toEqual([200, 200, 200, 200])
  expect(await statuses(5, '/albums/1/search')).toEqual(Array(5).fill(200))
  expect(await statuses(4, '/albums/1/photos/a?key=right')).toEqual([200, 200, 200, 200])
  expect(await statuses(4, '/scan/1/matches?key=wrong')).toEqual([403, 403, 403, 403])
})
