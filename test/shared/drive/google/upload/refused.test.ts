import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import {
  automatedQueries,
  type Effect,
  newerError,
  RATE_LIMIT_403,
  SERVER_ERROR,
  TOKEN_EXPIRED,
} from '../../../../fakes/drive/faults.ts'
import { CHUNK, CREATE, large, oneUpload, SECOND_TOKEN, SHARE, small, UPLOADER } from './setup.ts'

const start = oneUpload()

describe('a token that Google refuses', () => {
  test.each([
    ['with a small file', CREATE, small],
    ['when a session is opened', CREATE, large],
    ['in the middle of an upload', { ...CHUNK, after: 1 }, large],
    ['when the file is shared', SHARE, small],
  ])('is replaced, and the request sent again: %s', async (_, match, content) => {
    const { upload, server, credentials, expectStored } = await start()
    server.fault(match, TOKEN_EXPIRED)
    await upload(content)
    await expectStored(content)
    expect(credentials.refused).toEqual([UPLOADER])
    const last = server.requests.at(-1)
    expect(last?.headers.authorization).toBe(`Bearer ${SECOND_TOKEN}`)
  })

  test('again is uploader_not_authorized, without a third try', async () => {
    const { upload, server } = await start()
    server.fault({ times: Infinity }, TOKEN_EXPIRED)
    for (const content of [small, large]) {
      server.requests.length = 0
      await expect(upload(content)).rejects.toMatchObject({
        code: 'uploader_not_authorized',
        message: expect.stringContaining('npm run authorize'),
      })
      expect(server.requests).toHaveLength(2)
    }
  })
})

describe('what Google refuses for good', () => {
  test.each([
    [403, 'insufficientPermissions', 'uploader_scope_missing', 'https://www.googleapis.com/auth/drive'],
    [403, 'accessNotConfigured', 'drive_api_disabled', 'enable it'],
    [403, 'storageQuotaExceeded', 'drive_quota_exceeded', 'no space left'],
    [403, 'activeItemCreationLimitExceeded', 'drive_quota_exceeded', 'no space left'],
    [403, 'numChildrenInNonRootLimitExceeded', 'folder_full', 'another folder'],
    [403, 'sharingRateLimitExceeded', 'drive_quota_exceeded', 'limit'],
    [403, 'dailyLimitExceeded', 'drive_quota_exceeded', 'tomorrow'],
    [403, 'parentNotAFolder', 'folder_not_found', 'TARGET_FOLDER_ID'],
    [404, 'notFound', 'folder_not_found', 'TARGET_FOLDER_ID'],
    [403, 'insufficientFilePermissions', 'folder_not_writable', 'editor'],
    [403, 'somethingNew', 'drive_unavailable', '(somethingNew)'],
    [403, '<b>not a reason</b>', 'drive_unavailable', 'refuses the upload.'],
    [400, 'badRequest', 'drive_unavailable', 'did not accept'],
  ])('is told with its remedy and not tried again: %d %s', async (status, reason, code, words) => {
    const { upload, server, files } = await start()
    server.fault({ times: Infinity }, { status, reason })
    for (const content of [small, large]) {
      server.requests.length = 0
      await expect(upload(content)).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
      expect(server.requests).toHaveLength(1)
    }
    expect(await files()).toEqual([])
  })

  test('also in the middle of an upload', async () => {
    const { upload, server } = await start()
    server.fault({ ...CHUNK, after: 1 }, { status: 403, reason: 'storageQuotaExceeded' })
    await expect(upload(large)).rejects.toMatchObject({ code: 'drive_quota_exceeded' })
  })
})

describe('a Drive that keeps failing', () => {
  test.each<Effect>([SERVER_ERROR, 'reset'])('is given up after 3 more tries: %j', async (effect) => {
    const { upload, server, calls, expectStored } = await start()
    server.fault({ ...CHUNK, after: 1, times: Infinity }, effect)
    await expect(upload(large)).rejects.toMatchObject({ code: 'drive_unavailable' })
    expect(calls().filter((call) => call.startsWith('PUT'))).toHaveLength(5)
    server.clearFaults()
    await upload(large)
    await expectStored(large)
  })

  test('is given up after 3 more tries: no answer', async () => {
    const { upload, server, calls } = await start({ uploadTimeoutMs: 1_000 })
    server.fault({ ...CHUNK, times: Infinity }, 'hang')
    await expect(upload(large)).rejects.toMatchObject({
      code: 'drive_unavailable',
      message: 'Upload timed out after retries',
    })
    expect(calls().filter((call) => call.startsWith('PUT'))).toHaveLength(4)
  })

  test('is given up when it forgets every session', async () => {
    const { upload, server, calls } = await start()
    server.fault({ ...CHUNK, times: 3 }, { status: 404, reason: 'notFound' })
    await expect(upload(large)).rejects.toMatchObject({ code: 'drive_unavailable' })
    expect(calls().filter((call) => call.startsWith('PUT'))).toHaveLength(3)
  })

  test('is given up when chunk after chunk is not taken', async () => {
    const { upload, server } = await start()
    server.fault({ ...CHUNK, times: 100 }, { status: 308, reason: 'resumeIncomplete' })
    await expect(upload(large)).rejects.toMatchObject({ code: 'drive_unavailable' })
  })

  test.each<[string, Effect]>([
    ['403', RATE_LIMIT_403],
    ['403 in the newer form', newerError(403, 'RATE_LIMIT_EXCEEDED')],
    ['a page', automatedQueries(403)],
  ])('that limits the rate is waited for without using up tries: %s', async (_, effect) => {
    const { upload, server, clock, expectStored } = await start()
    server.fault({ ...CHUNK, times: 10 }, effect)
    await upload(large)
    await expectStored(large)
    expect(clock.sleeps.length).toBeGreaterThanOrEqual(10)
  })
})

test('no error carries a token or an address', async () => {
  const { upload, server } = await start({ uploadTimeoutMs: 1_000, rateLimitTimeoutMs: 1_000 })
  for (const effect of [
    'reset',
    'truncate',
    SERVER_ERROR,
    TOKEN_EXPIRED,
    RATE_LIMIT_403,
  ] satisfies Effect[]) {
    for (const content of [small, large]) {
      server.clearFaults()
      server.fault({ times: Infinity }, effect)
      const error: unknown = await upload(content).catch((cause: unknown) => cause)
      const everything = inspect(error, { depth: Infinity, showHidden: true })
      expect(everything).toContain('AppError')
      for (const secret of [UPLOADER, SECOND_TOKEN, server.url]) expect(everything).not.toContain(secret)
    }
  }
})
