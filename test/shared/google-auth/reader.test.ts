import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { openOrganiserDrive } from '../../../shared/platform/wiring/adapters.ts'
import { startDriveServer } from '../../fakes/drive/server.ts'
import { startGoogleAccounts } from '../../fakes/google-accounts.ts'

const DRIVE = 'https://www.googleapis.com/auth/drive'
const FRESH = 'ya29.a-fresh-token'
const CLIENT = { client_id: 'desktop.apps.googleusercontent.com', client_secret: 'GOCSPX-the-secret' }
const KEY = { GOOGLE_API_KEY: 'AIza-the-key' }
const ACCOUNT = { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/key.json' }
const REFRESH = { GOOGLE_REFRESH_TOKEN: '1//the-refresh-token' }
const CLOUD = { PLATFORM: 'cloud', GOOGLE_CLOUD_PROJECT: 'demo' }

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reader-'))
})
afterEach(() => rm(dir, { recursive: true }))

const organiser = (env: Record<string, string> = {}) =>
  openOrganiserDrive(parseConfig({ DATA_DIR: dir, ...env }), createLog('silent'), undefined)
const authorize = (scopes: string[]) =>
  writeFile(
    join(dir, 'token.json'),
    JSON.stringify({ refresh_token: '1//the-refresh-token', ...CLIENT, scopes }),
  )

test.each([
  [{ ...REFRESH, ...ACCOUNT, ...KEY }, 'uploader'],
  [{ ...ACCOUNT, ...KEY }, 'service_account'],
  [KEY, 'api_key'],
  [{ ...CLOUD, ...KEY }, 'api_key'],
  [CLOUD, 'service_account'],
])('who reads albums, with %j: %s', async (env, authorisation) => {
  expect((await organiser(env)).authorisation).toBe(authorisation)
})

test('a server that is authorised while it runs reads as that account from then on', async () => {
  const drive = await organiser(KEY)
  expect(drive.authorisation).toBe('api_key')
  await authorize([DRIVE])
  expect(drive.authorisation).toBe('uploader')
})

test('without any right, each call says what to configure', async () => {
  const drive = await organiser()
  const remedy = {
    code: 'uploader_not_authorized',
    message: expect.stringMatching(/npm run authorize.*GOOGLE_APPLICATION_CREDENTIALS.*GOOGLE_API_KEY/),
  }
  const file = { id: '1AbC', name: '1.jpg', mime_type: 'image/jpeg' }
  await expect(drive.folderName({ id: '1AbC' })).rejects.toMatchObject(remedy)
  await expect(drive.listImages({ id: '1AbC' }, { recursive: true, maxFiles: 1 })).rejects.toMatchObject(
    remedy,
  )
  await expect(drive.download(file)).rejects.toMatchObject(remedy)
  await expect(drive.open(file, new Headers())).rejects.toMatchObject(remedy)
})

test('the uploading account reads with a token that is renewed, if its scope is for more than uploads', async () => {
  const [accounts, google] = await Promise.all([startGoogleAccounts(FRESH, [DRIVE]), startDriveServer()])
  try {
    google.addToken(FRESH, 'uploader@example.com')
    const folder = google.addFolder('Party')
    const env = { GOOGLE_OAUTH_ROOT: accounts.url, GOOGLE_API_ROOT: google.url }
    await authorize([DRIVE])
    expect(await (await organiser(env)).folderName(folder)).toBe('Party')
    await authorize(['https://www.googleapis.com/auth/drive.file'])
    await expect((await organiser(env)).folderName(folder)).rejects.toMatchObject({
      code: 'uploader_scope_missing',
      message: expect.stringMatching(/only its own uploads.*npm run authorize/),
    })
  } finally {
    await Promise.all([accounts.close(), google.close()])
  }
})
