import { writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { freePort } from '../../../functions/emulate/free-port.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import { driveUploader } from '../../../shared/google-auth/uploader.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'

const DRIVE = 'https://www.googleapis.com/auth/drive'
const FRESH = 'ya29.a-fresh-token'
const NOTED = 'ya29.the-token-in-the-file'
const REFRESH = '1//the-refresh-token'
const SECRET = 'GOCSPX-the-secret'
const CLIENT = { client_id: 'desktop.apps.googleusercontent.com', client_secret: SECRET }

let dir: string
let accounts: GoogleAccounts
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'uploader-'))
  accounts = await startGoogleAccounts(FRESH, [DRIVE])
})
afterEach(async () => {
  await accounts.close()
  await rm(dir, { recursive: true })
})

const uploader = (env: Record<string, string> = {}, options: { timeoutMs?: number } = {}) =>
  driveUploader(parseConfig({ DATA_DIR: dir, GOOGLE_OAUTH_ROOT: accounts.url, ...env }), {
    log: createLog('silent'),
    ...options,
  })
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
/** As google-auth's Credentials.to_json writes it. */
const pythonToken = (changes: object = {}) => ({
  token: NOTED,
  refresh_token: REFRESH,
  token_uri: 'https://oauth2.googleapis.com/token',
  ...CLIENT,
  scopes: [DRIVE],
  universe_domain: 'googleapis.com',
  account: '',
  // Python writes microseconds.
  expiry: inHours(-1).replace('Z', '123Z'),
  ...changes,
})
async function tokenFile(content: unknown, name = 'token.json'): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o644 })
  return path
}
const content = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

describe("the token file of Google's Python library", () => {
  test('that has expired is renewed with its own client, and noted with mode 0600', async () => {
    const path = await tokenFile(pythonToken())
    const before = Date.now()
    expect(await uploader().accessToken()).toBe(FRESH)
    expect(accounts.tokenRequests).toEqual([
      { refresh_token: REFRESH, ...CLIENT, grant_type: 'refresh_token' },
    ])
    const { expiry, ...noted } = await content(path)
    const { expiry: _, ...expected } = pythonToken({ token: FRESH })
    expect(noted).toEqual(expected)
    expect(expiry).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/)
    expect(Date.parse(expiry)).toBeGreaterThan(before + 3_000_000)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(dir)).toEqual(['token.json'])
  })

  test('that is still good is used without a call, and left alone', async () => {
    const path = await tokenFile(pythonToken({ expiry: inHours(1).replace('Z', '123Z') }))
    expect(await uploader().accessToken()).toBe(NOTED)
    expect(accounts.tokenRequests).toEqual([])
    expect((await stat(path)).mode & 0o777).toBe(0o644)
  })

  test.each([{ expiry: undefined }, { expiry: null }, { token: null }, { expiry: inHours(0.05) }])(
    'is renewed with %j',
    async (changes) => {
      await tokenFile(pythonToken({ expiry: inHours(1), ...changes }))
      expect(await uploader().accessToken()).toBe(FRESH)
    },
  )

  test('is read from TOKEN_FILE', async () => {
    const TOKEN_FILE = await tokenFile(pythonToken({ expiry: inHours(1) }), 'elsewhere.json')
    expect(await uploader({ TOKEN_FILE }).accessToken()).toBe(NOTED)
  })
})

describe("the token file of Google's Node library", () => {
  test('without an access token is renewed and stays as it is', async () => {
    const authorized = { type: 'authorized_user', ...CLIENT, refresh_token: REFRESH }
    const path = await tokenFile(authorized)
    expect(await uploader().accessToken()).toBe(FRESH)
    expect(await content(path)).toEqual(authorized)
  })

  test('of an OAuth2Client is renewed with the configured client, and noted in its form', async () => {
    const credentials = { access_token: NOTED, refresh_token: REFRESH, scope: DRIVE, expiry_date: 1 }
    const path = await tokenFile(credentials)
    await writeFile(join(dir, 'client_secrets.json'), JSON.stringify({ installed: CLIENT }))
    expect(await uploader().accessToken()).toBe(FRESH)
    expect(accounts.tokenRequests).toMatchObject([CLIENT])
    const noted = await content(path)
    expect(noted).toEqual({ ...credentials, access_token: FRESH, expiry_date: expect.any(Number) })
    expect(noted.expiry_date).toBeGreaterThan(Date.now())
  })
})

describe('GOOGLE_REFRESH_TOKEN', () => {
  const variables = { GOOGLE_REFRESH_TOKEN: '1//of-the-secret' }

  test('wins over the file, which it leaves alone, and needs no redirect URI', async () => {
    const path = await tokenFile(pythonToken({ expiry: inHours(1) }))
    const env = { ...variables, GOOGLE_CLIENT_ID: 'cloud', GOOGLE_CLIENT_SECRET: 'GOCSPX-cloud' }
    expect(await uploader(env).accessToken()).toBe(FRESH)
    expect(accounts.tokenRequests).toMatchObject([
      { refresh_token: '1//of-the-secret', client_id: 'cloud', client_secret: 'GOCSPX-cloud' },
    ])
    expect((await content(path)).token).toBe(NOTED)
  })

  test('takes the client of CLIENT_SECRETS_FILE', async () => {
    const CLIENT_SECRETS_FILE = await tokenFile({ web: CLIENT }, 'client.json')
    expect(await uploader({ ...variables, CLIENT_SECRETS_FILE }).accessToken()).toBe(FRESH)
    expect(accounts.tokenRequests).toMatchObject([CLIENT])
  })

  test('without a client is uploader_client_wrong', async () => {
    await expect(uploader(variables).accessToken()).rejects.toMatchObject({ code: 'uploader_client_wrong' })
  })

  test.each(['{"installed": {"client_id": "x"', '{"type": "service_account"}'])(
    'with the damaged client %s is uploader_client_wrong',
    async (text) => {
      const CLIENT_SECRETS_FILE = await tokenFile(text, 'client.json')
      await expect(uploader({ ...variables, CLIENT_SECRETS_FILE }).accessToken()).rejects.toMatchObject({
        code: 'uploader_client_wrong',
        message: expect.stringContaining('CLIENT_SECRETS_FILE'),
      })
    },
  )
})

describe('a token', () => {
  test('is asked for once by calls at the same time, and kept until shortly before its end', async () => {
    await tokenFile(pythonToken())
    const credentials = uploader()
    const tokens = await Promise.all(Array.from({ length: 5 }, () => credentials.accessToken()))
    expect(new Set(tokens)).toEqual(new Set([FRESH]))
    await credentials.accessToken()
    expect(accounts.tokenRequests).toHaveLength(1)
  })

  test('that ends within five minutes is renewed', async () => {
    await tokenFile(pythonToken())
    accounts.answer({ body: { access_token: 'ya29.short', expires_in: 200, scope: DRIVE } })
    const credentials = uploader()
    expect(await credentials.accessToken()).toBe('ya29.short')
    expect(await credentials.accessToken()).toBe(FRESH)
  })

  test('that Google refuses is renewed, although it should be good', async () => {
    await tokenFile(pythonToken({ expiry: inHours(1) }))
    const credentials = uploader()
    expect(await credentials.accessToken()).toBe(NOTED)
    expect(await Promise.all([credentials.accessToken(NOTED), credentials.accessToken(NOTED)])).toEqual([
      FRESH,
      FRESH,
    ])
    expect(accounts.tokenRequests).toHaveLength(1)
  })

  test('that others wait for is renewed again for whom Google refuses it', async () => {
    await tokenFile(pythonToken({ expiry: inHours(1) }))
    const credentials = uploader()
    const both = [credentials.accessToken(), credentials.accessToken(NOTED)]
    expect(await Promise.all(both)).toEqual([NOTED, FRESH])
  })

  test('does not overwrite an authorisation of meanwhile', async () => {
    const path = await tokenFile(pythonToken())
    const newer = pythonToken({ refresh_token: '1//of-a-new-consent' })
    accounts.answer({
      get body() {
        writeFileSync(path, JSON.stringify(newer))
        return { access_token: FRESH, expires_in: 3599, scope: DRIVE }
      },
    })
    expect(await uploader().accessToken()).toBe(FRESH)
    expect(await content(path)).toEqual(newer)
  })

  test('that another process has renewed is taken from the file', async () => {
    await tokenFile(pythonToken({ expiry: inHours(1) }))
    const credentials = uploader()
    await credentials.accessToken()
    await tokenFile(pythonToken({ token: 'ya29.of-the-other', expiry: inHours(1) }))
    expect(await credentials.accessToken(NOTED)).toBe('ya29.of-the-other')
    expect(accounts.tokenRequests).toEqual([])
  })

  test('is used although it cannot be noted in the file', async () => {
    // There is no room for a longer name beside it, which stops root too.
    const TOKEN_FILE = await tokenFile(pythonToken(), 'x'.repeat(250))
    expect(await uploader({ TOKEN_FILE }).accessToken()).toBe(FRESH)
    expect((await content(TOKEN_FILE)).token).toBe(NOTED)
  })
})

describe('what goes wrong is told with its remedy:', () => {
  test.each([
    [400, 'invalid_grant', 'uploader_not_authorized', /run `npm run authorize` again.*Testing.*7 days/],
    [401, 'invalid_client', 'uploader_client_wrong', /delete TOKEN_FILE/],
    [401, 'deleted_client', 'uploader_client_wrong', /delete TOKEN_FILE/],
    [401, 'unauthorized_client', 'uploader_client_wrong', /delete TOKEN_FILE/],
    [400, 'redirect_uri_mismatch', 'uploader_client_wrong', /Desktop app/],
    [403, 'access_denied', 'uploader_not_authorized', /test user/],
    [400, 'invalid_scope', 'uploader_scope_missing', /auth\/drive/],
    [400, 'something_new', 'uploader_not_authorized', /npm run authorize/],
  ])('%d %s', async (statusCode, error, code, message) => {
    await tokenFile(pythonToken())
    accounts.answer({ statusCode, body: { error, error_description: 'Bad Request' } })
    const failure = uploader().accessToken()
    await expect(failure).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    // One sentence.
    await expect(failure).rejects.toMatchObject({ message: expect.stringMatching(/^[^\n]*[^.]\.$/) })
  })

  test('and does not stay wrong once it is mended', async () => {
    await tokenFile(pythonToken())
    const credentials = uploader()
    accounts.answer({ statusCode: 400, body: { error: 'invalid_grant' } })
    await expect(credentials.accessToken()).rejects.toMatchObject({ code: 'uploader_not_authorized' })
    await tokenFile(pythonToken({ refresh_token: '1//of-a-new-consent' }))
    expect(await credentials.accessToken()).toBe(FRESH)
    expect(accounts.tokenRequests.at(-1)).toMatchObject({ refresh_token: '1//of-a-new-consent' })
  })

  test.each([
    ['the file names other scopes', { scopes: ['https://www.googleapis.com/auth/drive.readonly'] }, DRIVE],
    ['Google grants other scopes', {}, 'openid https://www.googleapis.com/auth/drive.readonly'],
  ])('%s', async (_, changes, scope) => {
    await tokenFile(pythonToken(changes))
    accounts.answer({ body: { access_token: FRESH, scope } })
    await expect(uploader().accessToken()).rejects.toMatchObject({ code: 'uploader_scope_missing' })
  })

  test('scopes of folders of its own are enough', async () => {
    await tokenFile(pythonToken({ scopes: 'openid https://www.googleapis.com/auth/drive.file' }))
    accounts.answer({ body: { access_token: FRESH, scope: 'https://www.googleapis.com/auth/drive.file' } })
    expect(await uploader().accessToken()).toBe(FRESH)
  })

  test.each(['', '{', '[]', '{"token": "ya29.x"}', '{"refresh_token": 5}'])(
    'the token file %j is uploader_not_authorized',
    async (text) => {
      await tokenFile(text)
      await expect(uploader().accessToken()).rejects.toMatchObject({
        code: 'uploader_not_authorized',
        message: expect.stringContaining('TOKEN_FILE'),
      })
    },
  )

  test('Google out of reach is drive_unavailable', async () => {
    await tokenFile(pythonToken())
    const credentials = uploader({ GOOGLE_OAUTH_ROOT: `http://127.0.0.1:${await freePort()}` })
    await expect(credentials.accessToken()).rejects.toMatchObject({ code: 'drive_unavailable' })
  })

  test('no error carries the tokens or the secret', async () => {
    await tokenFile(pythonToken())
    for (const body of [{ error: 'invalid_grant' }, { access_token: FRESH, scope: 'openid' }]) {
      accounts.answer({ statusCode: 'error' in body ? 400 : 200, body })
      const error: unknown = await uploader()
        .accessToken()
        .catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(AppError)
      const everything = inspect(error, { depth: Infinity, showHidden: true })
      for (const secret of [FRESH, NOTED, REFRESH, SECRET]) expect(everything).not.toContain(secret)
    }
  })
})
