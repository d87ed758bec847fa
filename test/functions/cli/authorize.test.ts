import { randomUUID } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { freePort } from '../../../functions/emulate/free-port.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from './run-command.ts'

const DRIVE = 'https://www.googleapis.com/auth/drive'
const TOKEN = 'ya29.the-token-of-the-uploader'
const REFRESH = '1//the-refresh-token'
const SECRET = 'GOCSPX-the-secret'
const CLIENT = { client_id: 'desktop.apps.googleusercontent.com', client_secret: SECRET }
const GRANTED = { access_token: TOKEN, refresh_token: REFRESH, expires_in: 3599, scope: DRIVE }

const dir = await temporaryDir()
let accounts: GoogleAccounts
let google: DriveServer
let dataDir: string
beforeAll(async () => {
  ;[accounts, google] = await Promise.all([startGoogleAccounts(TOKEN, [DRIVE]), startDriveServer()])
  google.addToken(TOKEN, 'uploader@example.com')
})
afterAll(() => Promise.all([accounts.close(), google.close()]))

beforeEach(() => {
  dataDir = join(dir, randomUUID())
  accounts.tokenRequests.length = 0
  accounts.answer({ body: GRANTED })
})

async function client(content: object): Promise<string> {
  const file = join(dir, `${randomUUID()}.json`)
  await writeFile(file, JSON.stringify(content))
  return file
}
async function start(args: string[] = [], env: Record<string, string> = {}) {
  const CLIENT_SECRETS_FILE = await client({ installed: { ...CLIENT, redirect_uris: ['http://localhost'] } })
  const roots = { GOOGLE_OAUTH_ROOT: accounts.url, GOOGLE_API_ROOT: google.url }
  return startCommand('cli/authorize', args, { DATA_DIR: dataDir, CLIENT_SECRETS_FILE, ...roots, ...env })
}
const tokenFile = () => join(dataDir, 'token.json')
/** The address that Google redirects the browser to. */
async function consent(page: URL): Promise<URL> {
  return new URL((await fetch(page, { redirect: 'manual' })).headers.get('location') ?? '')
}

describe('with a browser', () => {
  test("the authorisation is saved in TOKEN_FILE, in Google's format, readable only by its owner", async () => {
    const { consentPage, finished } = await start()
    const page = await consentPage()
    const redirect = page.searchParams.get('redirect_uri') ?? ''
    expect(Object.fromEntries(page.searchParams)).toEqual({
      client_id: CLIENT.client_id,
      response_type: 'code',
      scope: DRIVE,
      access_type: 'offline',
      prompt: 'consent',
      state: expect.stringMatching(/^[\w-]{20,}$/),
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect((await fetch(`${redirect}/?code=stolen&state=guessed`)).status).toBe(400)
    expect(await (await fetch(page)).text()).toBe('You can close this page and go back to the command line.')

    const { code, stdout, stderr } = await finished
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('Uploads go to the Drive of uploader@example.com.')
    expect(stderr).toContain(tokenFile())
    for (const secret of [TOKEN, REFRESH, SECRET]) expect(stderr).not.toContain(secret)
    expect(JSON.parse(await readFile(tokenFile(), 'utf8'))).toEqual({
      type: 'authorized_user',
      token: TOKEN,
      refresh_token: REFRESH,
      token_uri: 'https://oauth2.googleapis.com/token',
      ...CLIENT,
      scopes: [DRIVE],
      universe_domain: 'googleapis.com',
      account: '',
      expiry: expect.stringMatching(/Z$/),
    })
    expect((await stat(tokenFile())).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual(['token.json'])
    expect(accounts.tokenRequests).toMatchObject([
      {
        ...CLIENT,
        grant_type: 'authorization_code',
        redirect_uri: redirect,
        code_verifier: expect.any(String),
      },
    ])
  })

  test('a Web client is redirected to its own address on this machine', async () => {
    const redirect = `http://127.0.0.1:${await freePort()}/callback`
    const redirect_uris = ['https://photos.example.com/callback', redirect]
    const { consentPage, finished } = await start([], {
      CLIENT_SECRETS_FILE: await client({ web: { ...CLIENT, redirect_uris } }),
    })
    const page = await consentPage()
    expect(page.searchParams.get('redirect_uri')).toBe(redirect)
    await fetch(page)
    expect((await finished).code).toBe(0)
  })

  test('a Web client whose port is in use gets an error with a remedy', async () => {
    const { port } = new URL(google.url)
    const redirect_uris = [`http://127.0.0.1:${port}/callback`]
    const { finished } = await start([], {
      CLIENT_SECRETS_FILE: await client({ web: { ...CLIENT, redirect_uris } }),
    })
    expect(await finished).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `Port ${port}, which Google redirects the browser to, is in use: stop the program that uses it, or use --no-browser.\n`,
    })
  })

  test('a client configured by environment variables needs no redirect URI', async () => {
    const { consentPage, finished } = await start([], {
      CLIENT_SECRETS_FILE: '',
      GOOGLE_CLIENT_ID: CLIENT.client_id,
      GOOGLE_CLIENT_SECRET: SECRET,
    })
    await fetch(await consentPage())
    expect((await finished).code).toBe(0)
  })

  test.each([
    ['access_denied', /Access to Google Drive was not allowed.*test user/],
    ['server_error', /cancelled/],
  ])('a consent that ends with %s leaves no file', async (error, message) => {
    const { consentPage, finished } = await start()
    accounts.deny(error)
    await fetch(await consentPage())
    const { code, stderr } = await finished
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    await expect(stat(tokenFile())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('Ctrl-C ends it', async () => {
    const { child, consentPage, finished } = await start()
    await consentPage()
    child.kill('SIGINT')
    const { code, stderr } = await finished
    expect(code).toBe(1)
    // For who came back from a page of Google's that says so.
    expect(stderr).toMatch(/redirect_uri_mismatch.*Desktop app[\s\S]*\nNobody signed in\.\n$/)
  })
})

describe('--no-browser', () => {
  async function paste(write: (back: URL) => string) {
    const { child, consentPage, finished } = await start(['--no-browser'])
    child.stdin?.end(`${write(await consent(await consentPage()))}\n`)
    return finished
  }

  test.each<[string, (back: URL) => string]>([
    ['the address', (back) => back.href],
    ['the code', (back) => `  ${back.searchParams.get('code')} `],
  ])('takes %s, pasted', async (_, write) => {
    expect(await paste(write)).toMatchObject({ code: 0 })
    expect(JSON.parse(await readFile(tokenFile(), 'utf8'))).toMatchObject({ refresh_token: REFRESH })
    expect(accounts.tokenRequests).toMatchObject([{ redirect_uri: 'http://127.0.0.1:1' }])
  })

  test.each<[string, RegExp, (back: URL) => string]>([
    ['another sign-in', /another sign-in/, () => 'http://127.0.0.1:1/?state=other&code=stolen'],
    ['a denial', /was not allowed/, () => 'error=access_denied'],
  ])('refuses the address of %s', async (_, message, write) => {
    const { code, stderr } = await paste(write)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(accounts.tokenRequests).toEqual([])
  })

  test('fails when standard input ends', async () => {
    const { child, consentPage, finished } = await start(['--no-browser'])
    await consentPage()
    child.stdin?.end()
    expect(await finished).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nobody signed in.'),
    })
  })
})

test('--print-secret writes only the refresh token to a pipe, and saves no file', async () => {
  const { consentPage, finished } = await start(['--print-secret'])
  await fetch(await consentPage())
  const { code, stdout, stderr } = await finished
  expect([code, stdout]).toEqual([0, REFRESH])
  expect(stderr).not.toContain(REFRESH)
  await expect(stat(tokenFile())).rejects.toMatchObject({ code: 'ENOENT' })
})

describe('the granted scopes are checked:', () => {
  test.each([
    ['no refresh token', { body: { ...GRANTED, refresh_token: undefined } }, /no refresh token.*connections/],
    ['no access to Drive', { body: { ...GRANTED, scope: 'openid' } }, /auth\/drive/],
    ['a code that is used', { statusCode: 400, body: { error: 'invalid_grant' } }, /already used/],
    ['another redirect', { statusCode: 400, body: { error: 'redirect_uri_mismatch' } }, /type Desktop app/],
    ['another secret', { statusCode: 401, body: { error: 'invalid_client' } }, /CLIENT_SECRETS_FILE/],
  ])('%s', async (_, answer, message) => {
    const { consentPage, finished } = await start()
    accounts.answer(answer)
    await fetch(await consentPage())
    const { code, stderr } = await finished
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message)
    await expect(stat(tokenFile())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a disabled Drive API is reported, and the authorisation is still saved', async () => {
    google.fault({}, { status: 403, reason: 'accessNotConfigured' })
    const { consentPage, finished } = await start()
    await fetch(await consentPage())
    const { code, stderr } = await finished
    expect(code).toBe(0)
    expect(stderr).toMatch(/Authorised, but: The Google Drive API is not enabled/)
    expect((await stat(tokenFile())).size).toBeGreaterThan(0)
  })
})

describe('without a consent page:', () => {
  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['no client', [], { CLIENT_SECRETS_FILE: '' }, 1, /There is no OAuth client/],
    ['half a client', [], { CLIENT_SECRETS_FILE: '', GOOGLE_CLIENT_ID: 'x' }, 1, /incomplete or damaged/],
    ['a client that is not there', [], { CLIENT_SECRETS_FILE: '/nowhere.json' }, 1, /incomplete or damaged/],
    ['an unknown option', ['--quick'], {}, 2, /--quick/],
    ['a wrong environment', [], { PORT: 'x' }, 2, /PORT/],
  ])('%s', async (_, args, env, exitCode, message) => {
    const { code, stdout, stderr } = await (await start(args, env)).finished
    expect([code, stdout]).toEqual([exitCode, ''])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('a Web client without an address on this machine', async () => {
    const CLIENT_SECRETS_FILE = await client({
      web: { ...CLIENT, redirect_uris: ['https://a.example/back'] },
    })
    const { code, stderr } = await (await start([], { CLIENT_SECRETS_FILE })).finished
    expect(code).toBe(1)
    expect(stderr).toMatch(/redirect_uri_mismatch.*Desktop app/)
  })
})
