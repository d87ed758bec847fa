import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { freePort } from '../../../functions/emulate/free-port.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import { googleSignIn, type SignIn } from '../../../shared/google-auth/sign-in.ts'
import { ConfigError, parseConfig } from '../../../shared/platform/config.ts'
import { type Effect, SERVER_ERROR, TOKEN_EXPIRED } from '../../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'

const TOKEN = 'ya29.the-token-of-the-guest'
const CODE = '4/0AVG-the-code-of-the-guest'
const REDIRECT = 'http://localhost:5173/callback'

let accounts: GoogleAccounts
let google: DriveServer
let signIn: SignIn

const configOf = (env: Record<string, string> = {}) =>
  parseConfig({
    DATA_DIR: '/nonexistent',
    GOOGLE_CLIENT_ID: 'id.apps.googleusercontent.com',
    GOOGLE_CLIENT_SECRET: 'GOCSPX-secret',
    GOOGLE_REDIRECT_URI: REDIRECT,
    GOOGLE_OAUTH_ROOT: accounts.url,
    GOOGLE_API_ROOT: google.url,
    ...env,
  })

beforeEach(async () => {
  ;[accounts, google] = await Promise.all([startGoogleAccounts(TOKEN), startDriveServer()])
  google.addToken(TOKEN, 'guest@gmail.com')
  signIn = googleSignIn(configOf())
})
afterEach(() => Promise.all([accounts.close(), google.close()]))

/** Where the consent page sends a person back to. */
async function consent(url: string): Promise<URLSearchParams> {
  const response = await fetch(url, { redirect: 'manual' })
  const back = new URL(response.headers.get('location') ?? '')
  expect(back.href.startsWith(REDIRECT)).toBe(true)
  return back.searchParams
}

describe('the consent page', () => {
  test('asks who the guest is and to read their Drive, once', () => {
    const url = new URL(signIn.authorizationUrl())
    expect(`${url.origin}${url.pathname}`).toBe(`${accounts.url}/authorize`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      access_type: 'online',
      client_id: 'id.apps.googleusercontent.com',
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid email https://www.googleapis.com/auth/drive.readonly',
    })
  })

  test("is Google's, when nothing else is configured", () => {
    const url = new URL(googleSignIn(configOf({ GOOGLE_OAUTH_ROOT: '' })).authorizationUrl())
    expect(url.href).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/)
  })

  test('brings the state back with the code', async () => {
    const back = await consent(signIn.authorizationUrl({ state: 'a state/with?=&signs' }))
    expect(back.get('state')).toBe('a state/with?=&signs')
    expect(back.get('code')).toBeTruthy()
  })

  test('that is denied brings no code', async () => {
    accounts.deny('access_denied')
    const back = await consent(signIn.authorizationUrl())
    expect([back.get('code'), back.get('error')]).toEqual([null, 'access_denied'])
  })
})

describe('a code', () => {
  test('of the consent page is exchanged for the token and the e-mail', async () => {
    const code = (await consent(signIn.authorizationUrl())).get('code') ?? ''
    expect(await signIn.exchangeCode(code)).toEqual({ access_token: TOKEN, email: 'guest@gmail.com' })
    expect(accounts.tokenRequests).toEqual([
      {
        client_id: 'id.apps.googleusercontent.com',
        client_secret: 'GOCSPX-secret',
        redirect_uri: REDIRECT,
        grant_type: 'authorization_code',
        code,
      },
    ])
  })

  test('that was asked for with a challenge is good with its verifier alone', async () => {
    const verifier = 'v'.repeat(43)
    const codeChallenge = createHash('sha256').update(verifier).digest('base64url')
    const code = async () => (await consent(signIn.authorizationUrl({ codeChallenge }))).get('code') ?? ''
    expect(await signIn.exchangeCode(await code(), verifier)).toMatchObject({ access_token: TOKEN })
    expect(accounts.tokenRequests.at(-1)).toMatchObject({ code_verifier: verifier })
    await expect(signIn.exchangeCode(await code(), 'w'.repeat(43))).rejects.toThrow()
  })

  test('is not sent, with the secret, to where the token endpoint redirects', async () => {
    const elsewhere = await startGoogleAccounts(TOKEN)
    const redirecting = createServer((_, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/token` }).end()
    }).listen(0, '127.0.0.1')
    await once(redirecting, 'listening')
    const { port } = redirecting.address() as AddressInfo
    const redirected = googleSignIn(configOf({ GOOGLE_OAUTH_ROOT: `http://127.0.0.1:${port}` }))
    await expect(redirected.exchangeCode(CODE)).rejects.toMatchObject({ code: 'oauth_unavailable' })
    expect(elsewhere.tokenRequests).toEqual([])
    redirecting.close()
    await elsewhere.close()
  })

  test.each([
    [400, 'invalid_grant', /invalid, expired or already used/],
    [400, 'redirect_uri_mismatch', /redirect_uri_mismatch/],
    [401, 'invalid_client', /invalid_client/],
    [403, 'access_denied', /access_denied/],
    [400, '<b>not a reason</b>', /^Google refused the sign-in\.$/],
  ])('that is refused with %d %s is oauth_failed', async (statusCode, error, message) => {
    accounts.answer({ statusCode, body: { error, error_description: 'Bad Request' } })
    await expect(signIn.exchangeCode(CODE)).rejects.toMatchObject({
      code: 'oauth_failed',
      message: expect.stringMatching(message),
    })
    expect(accounts.tokenRequests).toHaveLength(1)
  })

  test('is oauth_failed when the answer has no token', async () => {
    accounts.answer({ body: { token_type: 'Bearer' } })
    await expect(signIn.exchangeCode(CODE)).rejects.toMatchObject({ code: 'oauth_failed' })
  })

  test('is oauth_failed when the guest did not allow Drive', async () => {
    accounts.answer({ body: { access_token: TOKEN, scope: 'openid email' } })
    await expect(signIn.exchangeCode(CODE)).rejects.toMatchObject({
      code: 'oauth_failed',
      message: expect.stringContaining('Google Drive was not allowed'),
    })
    expect(google.requests).toEqual([])
  })

  test('is good with more access to Drive than asked for, and with scopes not named', async () => {
    const guest = { access_token: TOKEN, email: 'guest@gmail.com' }
    accounts.answer({ body: { access_token: TOKEN, scope: 'email https://www.googleapis.com/auth/drive' } })
    expect(await signIn.exchangeCode(CODE)).toEqual(guest)
    accounts.answer({ body: { access_token: TOKEN } })
    expect(await signIn.exchangeCode(CODE)).toEqual(guest)
  })
})

describe('the e-mail', () => {
  test('is oauth_failed when Google refuses the fresh token, or names none', async () => {
    google.fault({}, TOKEN_EXPIRED)
    await expect(signIn.exchangeCode(CODE)).rejects.toMatchObject({ code: 'oauth_failed' })
    google.addToken(TOKEN, '')
    await expect(signIn.exchangeCode(CODE)).rejects.toMatchObject({
      code: 'oauth_failed',
      message: expect.stringContaining('e-mail address'),
    })
  })

  test.each<Effect>([SERVER_ERROR, 'reset'])('is asked for again after %j', async (effect) => {
    google.fault({}, effect)
    expect(await signIn.exchangeCode(CODE)).toMatchObject({ email: 'guest@gmail.com' })
    expect(google.requests.map((request) => request.path)).toEqual(Array(2).fill('/oauth2/v2/userinfo'))
  })
})

describe('Google out of reach', () => {
  const unavailable = { code: 'oauth_unavailable' }

  test('is oauth_unavailable: nobody listens', async () => {
    const nobody = googleSignIn(configOf({ GOOGLE_OAUTH_ROOT: `http://127.0.0.1:${await freePort()}` }))
    await expect(nobody.exchangeCode(CODE)).rejects.toMatchObject(unavailable)
  })

  test('is oauth_unavailable: 503', async () => {
    google.fault({ times: Infinity }, SERVER_ERROR)
    await expect(signIn.exchangeCode(CODE)).rejects.toMatchObject(unavailable)
  })

  test('is oauth_unavailable: no answer', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const GOOGLE_OAUTH_ROOT = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const impatient = googleSignIn(configOf({ GOOGLE_OAUTH_ROOT }), { timeoutMs: 50 })
    await expect(impatient.exchangeCode(CODE)).rejects.toMatchObject(unavailable)
    silent.closeAllConnections()
    await new Promise((resolve) => silent.close(resolve))
  })
})

test('no error carries the code, the secret or the token', async () => {
  const failures = [
    () => accounts.answer({ statusCode: 400, body: { error: 'invalid_grant' } }),
    () => google.fault({}, TOKEN_EXPIRED),
    () => google.fault({ times: Infinity }, 'reset'),
  ]
  for (const fail of failures) {
    fail()
    const error: unknown = await signIn.exchangeCode(CODE).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(AppError)
    const everything = inspect(error, { depth: Infinity, showHidden: true })
    for (const secret of [CODE, TOKEN, 'GOCSPX-secret']) expect(everything).not.toContain(secret)
  }
})

describe('without a Google client', () => {
  test('nobody can sign in', async () => {
    const none = googleSignIn(configOf({ GOOGLE_CLIENT_ID: '' }))
    expect(() => none.authorizationUrl()).toThrow(expect.objectContaining({ code: 'oauth_not_configured' }))
    await expect(none.exchangeCode(CODE)).rejects.toMatchObject({ code: 'oauth_not_configured' })
  })

  test('that is allowed, the start is refused', () => {
    const config = configOf({ GOOGLE_REDIRECT_URI: 'http://photos.example.com' })
    expect(() => googleSignIn(config)).toThrow(ConfigError)
  })
})
