import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { googleDrive } from '../../../shared/drive/google/drive.ts'
import { tokenAudience } from '../../../shared/google-auth/token-audience.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'

const lines: string[] = []
let accounts: GoogleAccounts
let drive: DriveServer

beforeAll(async () => {
  ;[accounts, drive] = await Promise.all([startGoogleAccounts('token'), startDriveServer()])
  for (const token of ['ours', 'theirs', 'not-known-to-tokeninfo']) drive.addToken(token)
  accounts.issue('ours', 'our-client')
  accounts.issue('theirs', 'their-client')
})
beforeEach(() => {
  accounts.tokenInfoRequests.length = 0
  lines.length = 0
  accounts.breakTokenInfo(false)
})
afterAll(() => Promise.all([accounts.close(), drive.close()]))

/** The check of access to Drive, as a scan does it. */
function opened(env: Record<string, string>) {
  const config = parseConfig({ DATA_DIR: '/nonexistent', GOOGLE_OAUTH_ROOT: accounts.url, ...env })
  const log = createLog('info', { write: (line) => void lines.push(line) })
  return googleDrive({ apiRoot: drive.url, backoffMs: 1, checkToken: tokenAudience(config, log) }).checkAccess
}

const CLIENT = { GOOGLE_CLIENT_ID: 'our-client' }
const another = { code: 'forbidden', message: expect.stringContaining('another application') }

test("a token of our client passes, one of another application's is refused", async () => {
  const check = opened(CLIENT)
  await expect(check('ours')).resolves.toBeUndefined()
  await expect(check('theirs')).rejects.toMatchObject(another)
})

test('a token that Drive refuses is still token_expired, and Google is not asked whose it is', async () => {
  await expect(opened(CLIENT)('unknown')).rejects.toMatchObject({ code: 'token_expired' })
  expect(accounts.tokenInfoRequests).toEqual([])
})

test('Google is asked once per token in 10 minutes', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout'] })
  try {
    const check = opened(CLIENT)
    for (const token of ['ours', 'ours', 'theirs', 'theirs']) await check(token).catch(() => {})
    expect(accounts.tokenInfoRequests).toEqual(['ours', 'theirs'])
    jest.setSystemTime(Date.now() + 601_000)
    await check('ours')
    expect(accounts.tokenInfoRequests).toEqual(['ours', 'theirs', 'ours'])
  } finally {
    jest.useRealTimers()
  }
})

test('clients in TOKEN_AUDIENCES are accepted, with * all, and all without a client of our own', async () => {
  await expect(opened({ ...CLIENT, TOKEN_AUDIENCES: 'a, their-client' })('theirs')).resolves.toBeUndefined()
  await expect(opened({ ...CLIENT, TOKEN_AUDIENCES: 'a, b' })('theirs')).rejects.toMatchObject(another)
  accounts.tokenInfoRequests.length = 0
  await expect(opened({ ...CLIENT, TOKEN_AUDIENCES: '*' })('theirs')).resolves.toBeUndefined()
  await expect(opened({})('theirs')).resolves.toBeUndefined()
  expect(accounts.tokenInfoRequests).toEqual([])
})

test('without an answer of Google nobody is let in, the log says so without the token, and it is asked again', async () => {
  const check = opened(CLIENT)
  await expect(check('ours')).resolves.toBeUndefined()
  await expect(check('not-known-to-tokeninfo')).rejects.toMatchObject({ code: 'token_expired' })
  accounts.breakTokenInfo(true)
  await expect(check('theirs')).rejects.toMatchObject({ code: 'oauth_unavailable' })
  // Whose client a token is of does not change.
  await expect(check('ours')).resolves.toBeUndefined()
  expect(lines).toHaveLength(2)
  expect(lines.join()).toContain('503')
  expect(lines.join()).not.toMatch(/theirs|not-known/)
  accounts.breakTokenInfo(false)
  await expect(check('theirs')).rejects.toMatchObject(another)
})
