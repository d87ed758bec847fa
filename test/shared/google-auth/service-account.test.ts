import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { driveUploader } from '../../../shared/google-auth/uploader.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const DRIVE = 'https://www.googleapis.com/auth/drive'
const FRESH = 'ya29.a-fresh-token'
const base = await temporaryDir()
let dir: string

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = {
  type: 'service_account',
  // Without it Google's library asks gcloud and the metadata server for one, for seconds.
  project_id: 'project',
  client_email: 'uploads@project.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
}
let google: Server
let answer: { status: number; body: object }
let assertions: URLSearchParams[]
let env: Record<string, string>
const before = { ...process.env }
const uploader = () => driveUploader(parseConfig({ DATA_DIR: dir, ...env }), { log: createLog('silent') })

beforeAll(async () => {
  google = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => {
      body += piece
    })
    request.on('end', () => {
      assertions.push(new URLSearchParams(body))
      response.writeHead(answer.status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => google.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  google.closeAllConnections()
  await new Promise((resolve) => google.close(resolve))
})

beforeEach(async () => {
  assertions = []
  answer = { status: 200, body: { access_token: FRESH, expires_in: 3599, token_type: 'Bearer' } }
  dir = await mkdtemp(join(base, 'account-'))
  const file = join(dir, 'key.json')
  await writeFile(file, JSON.stringify(key))
  env = {
    GOOGLE_OAUTH_ROOT: `http://127.0.0.1:${(google.address() as AddressInfo).port}`,
    GOOGLE_APPLICATION_CREDENTIALS: file,
  }
  // Google's library reads these itself.
  Object.assign(process.env, {
    GOOGLE_APPLICATION_CREDENTIALS: file,
    METADATA_SERVER_DETECTION: 'none',
    HOME: dir,
  })
})
afterEach(() => {
  for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'METADATA_SERVER_DETECTION', 'HOME']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

test('a service account signs for the Drive scope, and its token is kept', async () => {
  const credentials = uploader()
  expect(await credentials.accessToken()).toBe(FRESH)
  expect(await credentials.accessToken()).toBe(FRESH)
  expect(assertions).toHaveLength(1)
  const [, claims = ''] = assertions[0]?.get('assertion')?.split('.') ?? []
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: key.client_email,
    scope: DRIVE,
  })
  expect(await credentials.accessToken(FRESH)).toBe(FRESH)
  expect(assertions.length).toBeGreaterThan(1)
})

test('a service account comes after the token file', async () => {
  const noted = {
    refresh_token: '1//refresh',
    access_token: 'ya29.noted',
    expiry_date: Date.now() + 3_600_000,
  }
  await writeFile(join(dir, 'token.json'), JSON.stringify(noted))
  expect(await uploader().accessToken()).toBe('ya29.noted')
})

test('a service account that Google does not know is uploader_not_authorized, without its key', async () => {
  answer = { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
  const error: unknown = await uploader()
    .accessToken()
    .catch((cause: unknown) => cause)
  expect(error).toMatchObject({
    code: 'uploader_not_authorized',
    message: expect.stringContaining('service account'),
  })
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('PRIVATE KEY')
})

test.each(['{', 'nothing'])('a service account of the file %j is uploader_not_authorized', async (text) => {
  await writeFile(join(dir, 'key.json'), text)
  await expect(uploader().accessToken()).rejects.toMatchObject({
    code: 'uploader_not_authorized',
    message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
  })
})

test('without a service account too: run npm run authorize', async () => {
  delete process.env.GOOGLE_APPLICATION_CREDENTIALS
  delete env.GOOGLE_APPLICATION_CREDENTIALS
  await expect(uploader().accessToken()).rejects.toMatchObject({
    code: 'uploader_not_authorized',
    message: expect.stringContaining('`npm run authorize`'),
  })
})
