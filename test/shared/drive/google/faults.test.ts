import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type GoogleDriveOptions, googleDrive } from '../../../../shared/drive/google/drive.ts'
import { type Clock, systemClock } from '../../../../shared/drive/google/pacer.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import {
  automatedQueries,
  type Effect,
  newerError,
  RATE_LIMIT_403,
  RATE_LIMIT_429,
  SERVER_ERROR,
  TOKEN_EXPIRED,
} from '../../../fakes/drive/faults.ts'
import { bytes, openGoogle, TOKEN } from './setup.ts'

const CONTENT = 'the photo'
const cleanup: (() => Promise<unknown> | undefined)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close()
})

/** A Drive with one photo. */
async function onePhoto(options: Partial<GoogleDriveOptions> = {}) {
  const opened = await openGoogle(options)
  const { server, drive } = opened
  cleanup.push(server.close)
  const root = server.addFolder('Photos')
  const { id } = server.addFile('1.jpg', root, bytes(CONTENT))
  const file: DriveFile = { id, name: '1.jpg', mime_type: 'image/jpeg' }
  return {
    ...opened,
    root,
    file,
    requests: server.requests,
    download: async (signal?: AbortSignal) => String(await drive.download(file, TOKEN, signal)),
    list: (signal?: AbortSignal) =>
      drive.listImages(root, TOKEN, { recursive: false, maxFiles: 10, ...(signal && { signal }) }),
  }
}

const slept = (sleeps: number[]) => sleeps.reduce((sum, ms) => sum + ms, 0)

describe('a fault of the transport or of Google', () => {
  const faults: [string, Effect, string][] = [
    ['503', SERVER_ERROR, 'Download failed after retries: Google Drive reported an internal error'],
    [
      '500',
      { status: 500, reason: 'internalError' },
      'Download failed after retries: Google Drive reported an internal error',
    ],
    [
      '408',
      { status: 408, reason: 'timeout' },
      'Download failed after retries: Google Drive reported an internal error',
    ],
    ['a reset', 'reset', 'Download failed after retries: the connection to Google Drive was lost'],
    [
      'a truncated body',
      'truncate',
      'Download failed after retries: the connection to Google Drive was lost',
    ],
  ]

  test.each(faults)('is retried 3 times: %s', async (_, effect) => {
    const { server, requests, download, file } = await onePhoto()
    server.fault({ path: `/drive/v3/files/${file.id}`, times: 3 }, effect)
    expect(await download()).toBe(CONTENT)
    expect(requests).toHaveLength(4)
  })

  test.each(faults)('and then fails: %s', async (_, effect, message) => {
    const { server, requests, download } = await onePhoto()
    server.fault({ times: 4 }, effect)
    await expect(download()).rejects.toMatchObject({ code: 'drive_unavailable', message })
    expect(requests).toHaveLength(4)
  })

  test.each<Effect>(['reset', 'truncate', 'garbage', SERVER_ERROR])(
    'is retried in a listing and in the check of the token: %j',
    async (effect) => {
      const { server, drive, root, requests, list } = await onePhoto()
      for (const path of ['/drive/v3/about', `/drive/v3/files/${root.id}`, '/drive/v3/files']) {
        server.fault({ path, times: 3 }, effect)
      }
      await expect(drive.checkAccess(TOKEN)).resolves.toBeUndefined()
      expect(await list()).toHaveLength(1)
      expect(requests).toHaveLength(12)
    },
  )

  test('is retried when TLS ends unexpectedly, and when no server listens', async () => {
    let connections = 0
    const server = createServer().on('connection', (socket) => {
      connections++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const drive = googleDrive({ apiRoot: `https://127.0.0.1:${port}`, backoffMs: 1 })
    const broken = {
      code: 'drive_unavailable',
      message: 'Download failed after retries: the connection to Google Drive was lost',
    }
    const file = { id: 'photo', name: '1.jpg', mime_type: 'image/jpeg' }
    await expect(drive.download(file, TOKEN)).rejects.toMatchObject(broken)
    expect(connections).toBe(4)
    await new Promise((resolve) => server.close(resolve))
    await expect(drive.download(file, TOKEN)).rejects.toMatchObject(broken)
  })

  test('with Retry-After waits that long', async () => {
    const { server, download, clock } = await onePhoto()
    server.fault({}, { status: 503, reason: 'backendError', retryAfter: '20' })
    expect(await download()).toBe(CONTENT)
    expect(slept(clock.sleeps)).toBeGreaterThanOrEqual(20_000)
  })
})

describe('a call without a response', () => {
  test.each<Effect>(['hang', 'stall'])('is retried: %s', async (effect) => {
    const { server, requests, download, list } = await onePhoto({ timeoutMs: 1_000, stallMs: 1_000 })
    server.fault({}, effect)
    server.fault({ path: '/drive/v3/files' }, effect)
    expect(await Promise.all([download(), list()])).toEqual([CONTENT, expect.any(Array)])
    // More where this process stood still for a second.
    expect(requests.length).toBeGreaterThanOrEqual(5)
  })

  test.each<Effect>(['hang', 'stall'])('fails with a message that says so: %s', async (effect) => {
    const { server, download, list } = await onePhoto({ timeoutMs: 50, stallMs: 50 })
    server.fault({ times: Infinity }, effect)
    const unavailable = { code: 'drive_unavailable' }
    await expect(download()).rejects.toMatchObject({
      ...unavailable,
      message: 'Download timed out after retries',
    })
    await expect(list()).rejects.toMatchObject({
      ...unavailable,
      message: 'Listing the folder timed out after retries',
    })
  })
})

describe('a rate limit', () => {
  test.each<[string, Effect]>([
    ['429', RATE_LIMIT_429],
    ['403 userRateLimitExceeded', RATE_LIMIT_403],
    ['403 rateLimitExceeded', { status: 403, reason: 'rateLimitExceeded' }],
    ['403 with RATE_LIMIT_EXCEEDED', newerError(403, 'RATE_LIMIT_EXCEEDED')],
    [
      '403 with RATE_LIMIT_EXCEEDED behind a vague reason',
      newerError(403, 'RATE_LIMIT_EXCEEDED', [{ domain: 'global', reason: 'forbidden' }]),
    ],
    [
      '403 with a status alone',
      { status: 403, body: '{"error":{"code":403,"status":"RESOURCE_EXHAUSTED"}}' },
    ],
    ['a page about automated queries, 403', automatedQueries(403)],
    ['a page about automated queries, 503', automatedQueries(503)],
  ])('is waited for without using up tries: %s', async (_, effect) => {
    const { server, requests, download, list, clock } = await onePhoto({
      pauseMs: { first: 1_000, longest: 8_000 },
    })
    server.fault({ times: 3 }, SERVER_ERROR)
    server.fault({ times: 20 }, effect)
    expect(await download()).toBe(CONTENT)
    expect(requests).toHaveLength(24)
    expect(slept(clock.sleeps)).toBeGreaterThanOrEqual(1_000 + 2_000 + 4_000 + 17 * 8_000)
    server.fault({ times: 5 }, effect)
    expect(await list()).toHaveLength(1)
  })

  test.each<[string, () => string]>([
    ['seconds', () => '200'],
    // As it is at the time of the answer; the test's own time is between the two.
    ['a date', () => new Date(Date.now() + 300_000).toUTCString()],
  ])('with Retry-After in %s waits at least that long', async (_, retryAfter) => {
    const { server, requests, download, clock } = await onePhoto()
    server.fault({}, { status: 429, reason: 'rateLimitExceeded', retryAfter: retryAfter() })
    expect(await download()).toBe(CONTENT)
    expect(requests).toHaveLength(2)
    expect(slept(clock.sleeps)).toBeGreaterThanOrEqual(200_000)
  })

  test('slows down the calls that follow, until enough have gone through', async () => {
    const { server, download, clock } = await onePhoto()
    server.fault({}, RATE_LIMIT_429)
    await download()
    await download()
    expect(clock.sleeps).toHaveLength(2)
    for (let n = 0; n < 5; n++) await download()
    const { length } = clock.sleeps
    for (let n = 0; n < 5; n++) await download()
    expect(clock.sleeps).toHaveLength(length)
  })

  test('that does not end fails the call after its time limit', async () => {
    const { server, requests, download, clock } = await onePhoto({ rateLimitTimeoutMs: 60_000 })
    server.fault({ times: Infinity }, RATE_LIMIT_429)
    await expect(download()).rejects.toMatchObject({
      code: 'drive_unavailable',
      message: 'Download failed: Google Drive kept limiting the rate of requests',
    })
    expect(slept(clock.sleeps)).toBeLessThanOrEqual(60_000)
    expect(requests.length).toBeLessThan(8)
  })

  test.each(['86400', '9'.repeat(400)])(
    'with a Retry-After of %s holds calls for an hour at most',
    async (retryAfter) => {
      const { server, download, clock } = await onePhoto()
      server.fault({}, { status: 429, reason: 'rateLimitExceeded', retryAfter })
      await expect(download()).rejects.toMatchObject({ code: 'drive_unavailable' })
      await clock.sleep(60 * 60_000)
      expect(await download()).toBe(CONTENT)
    },
  )

  test('with a Retry-After beyond the time limit is not waited for', async () => {
    const { server, requests, download, clock } = await onePhoto()
    server.fault({ times: Infinity }, { status: 429, reason: 'rateLimitExceeded', retryAfter: '86400' })
    await expect(download()).rejects.toMatchObject({ code: 'drive_unavailable' })
    expect(clock.sleeps).toEqual([])
    expect(requests).toHaveLength(1)
  })
})

describe('a response that is final', () => {
  test.each<[number, string, string]>([
    [401, 'authError', 'token_expired'],
    [403, 'downloadQuotaExceeded', 'drive_quota_exceeded'],
    [403, 'dailyLimitExceeded', 'drive_quota_exceeded'],
    [403, 'insufficientPermissions', 'drive_forbidden'],
    [403, 'cannotDownloadFile', 'drive_forbidden'],
    [403, 'cannotDownloadAbusiveFile', 'drive_forbidden'],
    [403, 'somethingNew', 'drive_forbidden'],
    [403, 'toString', 'drive_forbidden'],
    [400, 'rateLimitExceeded', 'drive_unavailable'],
    [404, 'notFound', 'file_not_found'],
    [400, 'badRequest', 'drive_unavailable'],
  ])('is not retried: %d %s is %s', async (status, reason, code) => {
    const { server, requests, download } = await onePhoto()
    server.fault({ times: Infinity }, { status, reason })
    await expect(download()).rejects.toMatchObject({
      name: 'AppError',
      code,
      message: expect.stringMatching(/^[A-Z].*\w( \w+)*\.?$/),
    })
    expect(requests).toHaveLength(1)
  })

  test.each<[string, Effect, string, string]>([
    ['SERVICE_DISABLED', newerError(403, 'SERVICE_DISABLED'), 'drive_forbidden', 'not enabled'],
    [
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      newerError(403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
      'drive_forbidden',
      'was not granted',
    ],
    ['something new', newerError(403, 'SOMETHING_NEW'), 'drive_forbidden', 'does not allow'],
    [
      'a reason in both forms',
      newerError(403, 'SOMETHING_NEW', [{ reason: 'downloadQuotaExceeded' }]),
      'drive_quota_exceeded',
      'used up',
    ],
    [
      'another page',
      { status: 403, body: '<html>Your client does not have permission</html>' },
      'drive_forbidden',
      'does not allow',
    ],
    [
      'an unusual body',
      { status: 403, body: '{"error":{"errors":"none","details":[7]}}' },
      'drive_forbidden',
      'does not allow',
    ],
  ])('is not retried in the newer form: %s', async (_, effect, code, words) => {
    const { server, requests, download, list } = await onePhoto()
    for (const call of [download, list]) {
      requests.length = 0
      server.clearFaults()
      server.fault({ times: Infinity }, effect)
      await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
      expect(requests).toHaveLength(1)
    }
  })

  test('such as 401 in the middle of a scan holds for all that follows', async () => {
    const { server, download } = await onePhoto()
    server.fault({ after: 2, times: Infinity }, TOKEN_EXPIRED)
    expect(await download()).toBe(CONTENT)
    expect(await download()).toBe(CONTENT)
    await expect(download()).rejects.toMatchObject({ code: 'token_expired' })
    await expect(download()).rejects.toMatchObject({ code: 'token_expired' })
  })

  test.each(['', 'two words', 'with\r\nHeader: x', 'ümläut'])(
    'is found without a call for %j, which is not a token',
    async (token) => {
      const { drive, file, root, requests } = await onePhoto()
      const expired = { code: 'token_expired' }
      await expect(drive.checkAccess(token)).rejects.toMatchObject(expired)
      await expect(drive.download(file, token)).rejects.toMatchObject(expired)
      await expect(drive.listImages(root, token, { recursive: false, maxFiles: 1 })).rejects.toMatchObject(
        expired,
      )
      expect(requests).toEqual([])
    },
  )

  test('never carries the token or the address, whatever failed', async () => {
    const { server, drive, file } = await onePhoto({ stallMs: 20, rateLimitTimeoutMs: 1_000 })
    const effects: Effect[] = ['reset', 'truncate', 'hang', SERVER_ERROR, TOKEN_EXPIRED, RATE_LIMIT_403]
    for (const effect of effects) {
      server.clearFaults()
      server.fault({ times: Infinity }, effect)
      const error: unknown = await drive.download({ ...file, resource_key: '0-key' }, TOKEN).catch((e) => e)
      const everything = inspect(error, { depth: Infinity, showHidden: true })
      expect(everything).toContain('AppError')
      expect(everything).not.toContain(TOKEN)
      expect(everything).not.toContain('0-key')
      expect(everything).not.toContain(server.url)
    }
  })
})

describe('an abort', () => {
  const reason = new Error('the scan was deleted')

  test.each<Effect>(['hang', 'stall'])('ends a call under way: %s', async (effect) => {
    const { server, requests, download, list } = await onePhoto()
    for (const call of [download, list]) {
      const controller = new AbortController()
      server.fault({}, effect)
      const result = call(controller.signal)
      // The body or the answer will not come; the request has arrived when the fault has been taken.
      await arrived(() => requests.length > 0)
      controller.abort(reason)
      await expect(result).rejects.toBe(reason)
      requests.length = 0
    }
  })

  test('ends the pause before the next try', async () => {
    const controller = new AbortController()
    const { server, requests, download } = await onePhoto({ backoffMs: 60_000 })
    server.fault({ when: () => setImmediate(() => controller.abort(reason)) !== undefined }, SERVER_ERROR)
    await expect(download(controller.signal)).rejects.toBe(reason)
    expect(requests).toHaveLength(1)
  })

  test('ends the wait for a rate limit', async () => {
    const controller = new AbortController()
    const clock: Clock = {
      ...systemClock,
      sleep(ms, signal) {
        setImmediate(() => controller.abort(reason))
        return systemClock.sleep(ms, signal)
      },
    }
    const { server, requests, download } = await onePhoto({ clock })
    server.fault({ times: Infinity }, RATE_LIMIT_429)
    await expect(download(controller.signal)).rejects.toBe(reason)
    expect(requests).toHaveLength(1)
  })
})

async function arrived(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
