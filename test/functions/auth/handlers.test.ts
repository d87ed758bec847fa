import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Hono } from 'hono'
import { authRoutes } from '../../../functions/auth/handlers.ts'
import { AuthCallbackResponse, AuthUrlResponse } from '../../../shared/contract/auth.ts'
import { ErrorResponse } from '../../../shared/contract/error-response.ts'
import { googleSignIn } from '../../../shared/google-auth/sign-in.ts'
import { createApp } from '../../../shared/http/app.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'

import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'

const TOKEN = 'ya29.the-token-of-the-guest'
let accounts: GoogleAccounts
let google: DriveServer
let app: Hono

beforeAll(async () => {
  ;[accounts, google] = await Promise.all([startGoogleAccounts(TOKEN), startDriveServer()])
  google.addToken(TOKEN, 'guest@gmail.com')
})
afterAll(() => Promise.all([accounts.close(), google.close()]))
beforeEach(() => {
  google.clearFaults()
  app = appWith({ GOOGLE_CLIENT_ID: 'id' })
})

function appWith(env: Record<string, string>): Hono {
  const config = parseConfig({
    DATA_DIR: '/nonexistent',
    GOOGLE_CLIENT_SECRET: 'secret',
    GOOGLE_REDIRECT_URI: 'http://localhost:5173/callback',
    GOOGLE_OAUTH_ROOT: accounts.url,
    GOOGLE_API_ROOT: google.url,
    ...env,
  })
  const created = createApp({ log: createLog('silent'), allowedOrigins: [] })
  return created.route('/', authRoutes({ signIn: googleSignIn(config) }))
}

function post(body: string, type = 'application/json'): Promise<Response> {
  const headers = { 'Content-Type': type }
  return Promise.resolve(app.request('/auth/google/callback', { method: 'POST', headers, body }))
}
const code = (value: unknown) => JSON.stringify({ code: value })
const failure = async (response: Response) => {
  const { error } = ErrorResponse.parse(await response.json())
  return [response.status, error.code]
}

describe('GET /auth/google/url', () => {
  test('returns the address of the consent page', async () => {
    const response = await app.request('/auth/google/url')
    expect(response.status).toBe(200)
    const { url } = AuthUrlResponse.parse(await response.json())
    expect(url.startsWith(`${accounts.url}/authorize?`)).toBe(true)
    expect(new URL(url).searchParams.has('state')).toBe(false)
  })

  test('passes a state on', async () => {
    const response = await app.request('/auth/google/url?state=back%20to%20the%20party')
    const { url } = AuthUrlResponse.parse(await response.json())
    expect(new URL(url).searchParams.get('state')).toBe('back to the party')
  })

  test('rejects a state that is too long', async () => {
    const response = await app.request(`/auth/google/url?state=${'x'.repeat(513)}`)
    expect(await failure(response)).toEqual([400, 'invalid_request'])
  })

  test('reports that no client is configured', async () => {
    const response = await appWith({}).request('/auth/google/url')
    expect(await failure(response)).toEqual([500, 'oauth_not_configured'])
  })
})

describe('POST /auth/google/callback', () => {
  test('returns the token and e-mail address, with Cache-Control: no-store', async () => {
    const response = await post(code('4/0AVG'))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(AuthCallbackResponse.parse(await response.json())).toEqual({
      access_token: TOKEN,
      email: 'guest@gmail.com',
    })
  })

  test('returns 400 for a code that Google rejects', async () => {
    accounts.answer({ statusCode: 400, body: { error: 'invalid_grant' } })
    expect(await failure(await post(code('used')))).toEqual([400, 'oauth_failed'])
  })

  test.each([
    ['no code', '{}'],
    ['an empty code', code('')],
    ['a code that is no string', code(7)],
    ['a code beyond all measure', code('x'.repeat(2049))],
  ])('answers 400 to %s', async (_, body) => {
    expect(await failure(await post(body))).toEqual([400, 'invalid_request'])
  })

  test('returns 400 for invalid JSON, and 415 for another content type', async () => {
    expect(await failure(await post('{'))).toEqual([400, 'invalid_json'])
    expect(await failure(await post(code('x'), 'text/plain'))).toEqual([415, 'unsupported_media_type'])
  })

  test('returns 502 when Google cannot be reached', async () => {
    google.fault({ times: Infinity }, 'reset')
    expect(await failure(await post(code('4/0AVG')))).toEqual([502, 'oauth_unavailable'])
  })

  test('reports that no client is configured', async () => {
    app = appWith({})
    expect(await failure(await post(code('4/0AVG')))).toEqual([500, 'oauth_not_configured'])
  })
})
