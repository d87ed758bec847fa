import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Finding } from '../../../functions/cli/health/check.ts'
import { healthChecklist } from '../../../functions/cli/health/checklist.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { type Effect, TOKEN_EXPIRED } from '../../fakes/drive/faults.ts'
import type { Item } from '../../fakes/drive/items.ts'
import { type DriveServer, type ItemOptions, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from './run-command.ts'

const DRIVE = 'https://www.googleapis.com/auth/drive'
const TOKEN = 'ya29.the-token-of-the-uploader'
const REFRESH = '1//the-refresh-token'
const SECRET = 'GOCSPX-the-secret'
const CLIENT = { client_id: 'desktop.apps.googleusercontent.com', client_secret: SECRET }

const dir = await temporaryDir()
let accounts: GoogleAccounts
let google: DriveServer
let folder: Item
let dataDir: string
beforeAll(async () => {
  ;[accounts, google] = await Promise.all([startGoogleAccounts(TOKEN, [DRIVE]), startDriveServer()])
  google.addToken(TOKEN, 'uploader@example.com')
  folder = google.addFolder('Results')
})
afterAll(() => Promise.all([accounts.close(), google.close()]))

beforeEach(async () => {
  google.clearFaults()
  dataDir = join(dir, randomUUID())
  await mkdir(dataDir)
  await put('client_secrets.json', { installed: { ...CLIENT, redirect_uris: ['http://localhost'] } })
  await put('token.json', { token: 'old', refresh_token: REFRESH, ...CLIENT, scopes: [DRIVE] })
})

async function put(name: string, content: unknown): Promise<void> {
  const path = join(dataDir, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
}

const environment = () => ({
  DATA_DIR: dataDir,
  GOOGLE_OAUTH_ROOT: accounts.url,
  GOOGLE_API_ROOT: google.url,
  TARGET_FOLDER_ID: folder.id,
})

/** Lines by the name of their check. */
async function doctor(args: string[] = [], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await startCommand('cli/doctor', args, { ...environment(), ...env })
    .finished
  for (const secret of [TOKEN, REFRESH, SECRET]) expect(stdout + stderr).not.toContain(secret)
  const lines = stdout.trimEnd().split('\n')
  const byName = Object.fromEntries(lines.map((line) => [/^. ([^:]+):/.exec(line)?.[1] ?? '', line]))
  return { code, stderr, lines, byName }
}

/** What the lines are made of, without a process of its own. */
async function findings(env: Record<string, string> = {}, album?: string): Promise<Finding[]> {
  const found: Finding[] = []
  const config = parseConfig({ ...environment(), ...env })
  for await (const finding of healthChecklist(config, { upload: true, album })) found.push(finding)
  return found
}

describe('with everything in order', () => {
  test('one line each, exit code 0', async () => {
    const { code, stderr, lines } = await doctor()
    expect([code, stderr]).toEqual([0, ''])
    expect(lines).toEqual([
      `✓ OAuth client: ${CLIENT.client_id} of ${dataDir}/client_secrets.json, type Desktop`,
      `✓ Authorisation: ${dataDir}/token.json, of the same client`,
      '✓ Renewal: Google gives a fresh access token',
      `✓ Scope: ${DRIVE}`,
      '✓ Google Drive: the API responds; uploads go to the Drive of uploader@example.com',
      '✓ Target folder: "Results" is writable',
      '✓ Links: QR codes are at http://localhost:8000/api/v1/drive/qr, for this machine only: set API_BASE_URL to change it',
      '✓ Albums as the uploading account: may read what is shared with it; check a folder with --album LINK',
    ])
    expect(google.items.childrenOf(folder.id)).toEqual([])
  })

  test('--upload stores a file, makes it public and moves it to the trash', async () => {
    const { code, byName } = await doctor(['--upload'])
    expect(code).toBe(0)
    const [file] = google.items.childrenOf(folder.id)
    expect(byName['Test upload']).toContain(`file_id ${file?.id} was stored`)
    expect(file).toMatchObject({ trashed: true, permissions: [{ type: 'anyone', role: 'reader' }] })
    google.items.remove(file?.id ?? '')
  })

  test('with a token from the environment, no target folder, and a public address', async () => {
    const env = {
      GOOGLE_REFRESH_TOKEN: '1//of-the-secret',
      TARGET_FOLDER_ID: '',
      API_BASE_URL: 'https://photos.example.com/api/v1',
    }
    const { code, byName } = await doctor([], env)
    expect(code).toBe(0)
    expect(byName.Authorisation).toContain('GOOGLE_REFRESH_TOKEN')
    expect(byName['Target folder']).toContain('top level of the Drive')
    expect(byName.Links).toBe('✓ Links: QR codes are at https://photos.example.com/api/v1/drive/qr')
  })

  test('a token file that other users can read is reported', async () => {
    await chmod(join(dataDir, 'token.json'), 0o644)
    const { code, byName } = await doctor()
    expect(code).toBe(0)
    expect(byName.Authorisation).toContain('chmod 600')
  })
})

test('on a machine that needs no Google account: where uploads and albums are, and exit code 0', async () => {
  const dataDir = join(dir, 'without-google')
  const env = { DATA_DIR: dataDir, TARGET_FOLDER_ID: '' }
  const { code, stderr, lines } = await doctor([], env)
  expect([code, stderr]).toEqual([0, ''])
  expect(lines).toEqual([
    `✓ Uploads: stored in ${dataDir}/drive, for which no Google account is needed; to upload to Google Drive, save an OAuth client of type Desktop app as ${dataDir}/client_secrets.json and run \`npm run authorize\``,
    expect.stringMatching(/^✓ Links: /),
    expect.stringMatching(/^✓ Albums: of the directory that the server serves/),
  ])
  const asked = await doctor(['--album', 'https://drive.google.com/drive/folders/1AbCdEfGhIjKlMnOpQ'], env)
  expect([asked.code, asked.lines.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^✗ Albums: nothing is configured that may read it; .*`npm run authorize`/),
  ])
})

test('with a client that is not authorised yet: the way on, without a warning of libraries', async () => {
  const dataDir = join(dir, 'not-authorised')
  await mkdir(dataDir)
  await writeFile(join(dataDir, 'client_secrets.json'), JSON.stringify({ installed: CLIENT }))
  const { code, stderr, byName } = await doctor([], { DATA_DIR: dataDir, TARGET_FOLDER_ID: '' })
  expect([code, stderr]).toEqual([1, ''])
  expect(byName.Authorisation).toMatch(/^✗ .*run `npm run authorize`/)
})

describe('a failed check says how to fix it:', () => {
  async function expectFailure(name: string, message: RegExp, env: Record<string, string> = {}) {
    const failed = (await findings(env)).filter(({ good }) => good === false)
    expect(failed).toEqual([{ name, good: false, says: expect.stringMatching(message) }])
    for (const secret of [TOKEN, REFRESH, SECRET]) expect(failed[0]?.says).not.toContain(secret)
  }

  test('a damaged client, on a line of its own and with exit code 1', async () => {
    await put('client_secrets.json', '{"installed": {}}')
    await put('token.json', { refresh_token: REFRESH })
    const { code, byName } = await doctor()
    expect(code).toBe(1)
    expect(byName['OAuth client']).toMatch(/^✗ .*download the JSON/)
  })

  test('no token', async () => {
    await put('token.json', '')
    await expectFailure('Authorisation', /npm run authorize/)
  })

  test('a token of another client', async () => {
    await put('token.json', { refresh_token: REFRESH, ...CLIENT, client_id: 'another' })
    await expectFailure('Authorisation', /delete \S+\/token\.json and run/)
  })

  test('a token that has ended', async () => {
    accounts.answer({ statusCode: 400, body: { error: 'invalid_grant' } })
    await expectFailure('Renewal', /npm run authorize.*Testing.*7 days/)
  })

  test('a scope that is missing', async () => {
    accounts.answer({ body: { access_token: TOKEN, scope: 'openid' } })
    await expectFailure('Scope', /auth\/drive/)
  })

  test.each<[string, Effect, RegExp]>([
    ['an API that is off', { status: 403, reason: 'accessNotConfigured' }, /enable it/],
    ['a scope that Drive misses', { status: 403, reason: 'insufficientPermissions' }, /auth\/drive/],
  ])('%s', async (_, effect, message) => {
    google.fault({ times: Infinity }, effect)
    await expectFailure('Google Drive', message)
  })

  test('a token that Drive does not take', async () => {
    google.fault({ times: Infinity }, TOKEN_EXPIRED)
    await expectFailure('Google Drive', /npm run authorize/)
  })

  test('a target folder that is not there', async () => {
    await expectFailure('Target folder', /TARGET_FOLDER_ID/, { TARGET_FOLDER_ID: 'nowhere' })
  })

  test.each<[string, ItemOptions, RegExp]>([
    ['in the trash', { trashed: true }, /restore it/],
    ['read only', { canAddChildren: false }, /as an editor/],
    ['no folder', { mimeType: 'image/png' }, /is not a folder/],
  ])('a target folder that is %s', async (_, options, message) => {
    const { id } = google.addFolder('Other', undefined, options)
    await expectFailure('Target folder', message, { TARGET_FOLDER_ID: id })
  })

  test.each<[string, Effect, RegExp]>([
    ['no space', { status: 403, reason: 'storageQuotaExceeded' }, /no space left/],
    ['no way to share', { status: 403, reason: 'publishOutNotPermitted' }, /sharing outside/],
  ])('a test upload with %s', async (name, effect, message) => {
    const path = name === 'no space' ? /^\/upload/ : /permissions$/
    google.fault({ method: 'POST', path, times: Infinity }, effect)
    await expectFailure('Test upload', message)
    const left = google.items.childrenOf(folder.id)
    expect(left.filter(({ trashed }) => !trashed)).toEqual([])
    for (const { id } of left) google.items.remove(id)
  })
})

test('what depends on a failed line is not checked', async () => {
  await put('token.json', '')
  const { lines } = await doctor(['--upload'])
  expect(lines.filter((line) => line.startsWith('- '))).toEqual([
    '- Renewal: not checked because of Authorisation',
    '- Scope: not checked because of Renewal',
    '- Google Drive: not checked because of Scope',
    '- Target folder: not checked because of Google Drive',
    '- Test upload: not checked because of Target folder',
    '- Albums as the uploading account: not checked because of Google Drive',
  ])
})

describe('reading a folder for an album', () => {
  const KEY = 'AIza-the-api-key'
  let album: Item
  const link = () => `https://drive.google.com/drive/folders/${album.id}`
  const reading = async (env: Record<string, string>, folder?: string) =>
    (await findings(env, folder)).filter(({ name }) => name.startsWith('Albums'))
  beforeAll(() => {
    google.addKey(KEY)
    album = google.addFolder('Party')
    google.addFile('1.jpg', album, Buffer.from('photo'))
  })

  test('is tried with each right that is configured', async () => {
    const { code, stdout } = await startCommand('cli/doctor', ['--album', link()], {
      ...environment(),
      GOOGLE_API_KEY: KEY,
    }).finished
    expect(code).toBe(1)
    expect(stdout).toContain('✓ Albums as the uploading account: "Party" has 1 image that can be downloaded')
    expect(stdout).toMatch(/^✗ Albums by the API key: .*allow anyone with the link to view/m)
    expect(stdout).not.toContain(KEY)
    google.publish(album)
    expect((await reading({ GOOGLE_API_KEY: KEY }, link())).map(({ good }) => good)).toEqual([true, true])
  })

  test('needs a scope for more than uploads', async () => {
    const DRIVE_FILE = 'https://www.googleapis.com/auth/drive.file'
    await put('token.json', { token: 'old', refresh_token: REFRESH, ...CLIENT, scopes: [DRIVE_FILE] })
    expect(await reading({}, link())).toEqual([
      { name: expect.any(String), good: false, says: expect.stringMatching(/only its own uploads/) },
    ])
  })

  test('with a key alone is checked without a folder', async () => {
    await rm(join(dataDir, 'token.json'))
    expect(await reading({ GOOGLE_API_KEY: KEY })).toMatchObject([
      { good: true, says: expect.stringMatching(/accepts the key/) },
    ])
    expect(await reading({ GOOGLE_API_KEY: 'wrong' })).toMatchObject([
      { good: false, says: expect.stringMatching(/does not accept GOOGLE_API_KEY/) },
    ])
  })
})

test.each<[string[], Record<string, string>, string]>([
  [['--quick'], {}, '--quick'],
  [[], { PORT: 'x' }, 'PORT'],
])('%j %j: exit code 2', async (args, env, words) => {
  const { code, stderr } = await doctor(args, env)
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})
