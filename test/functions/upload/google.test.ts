import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { googleUploadDrive } from '../../../shared/drive/google/upload/drive.ts'
import { driveUploader, type UploaderCredentials } from '../../../shared/google-auth/uploader.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import {
  type Effect,
  RATE_LIMIT_403,
  RATE_LIMIT_429,
  SERVER_ERROR,
  TOKEN_EXPIRED,
} from '../../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'
import { testClock } from '../../shared/drive/google/setup.ts'
import { NOT_ON_DRIVE } from '../../shared/store/samples.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { formWith, png, type UploadServer, uploadServer } from './upload-server.ts'

const DRIVE = 'https://www.googleapis.com/auth/drive'
const TOKEN = 'ya29.the-token-of-the-uploader'
const CLIENT = { client_id: 'desktop.apps.googleusercontent.com', client_secret: 'GOCSPX-secret' }
const CREATE = { method: 'POST', path: '/upload/drive/v3/files' }
const SHARE = { method: 'POST', path: /\/permissions$/ }

const dir = await temporaryDir()
const cleanup: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close()
})

interface Uploads {
  server: UploadServer
  google: DriveServer
  accounts: GoogleAccounts
}

/** The endpoints on top of Google Drive, authorised by a token file whose access token has expired. */
async function open(): Promise<Uploads> {
  const google = await startDriveServer()
  const accounts = await startGoogleAccounts(TOKEN, [DRIVE])
  google.addToken(TOKEN, 'uploader@example.com')
  const folder = google.addFolder('Results')
  const dataDir = join(dir, folder.id)
  await mkdir(dataDir)
  const token = { token: 'old', refresh_token: '1//refresh', ...CLIENT, scopes: [DRIVE] }
  await writeFile(join(dataDir, 'token.json'), JSON.stringify(token))
  const config = parseConfig({ DATA_DIR: dataDir, GOOGLE_OAUTH_ROOT: accounts.url })
  const credentials: UploaderCredentials = driveUploader(config, { log: createLog('silent') })
  const drive = googleUploadDrive({ apiRoot: google.url, credentials, backoffMs: 1, clock: testClock() })
  const server = await uploadServer(dir, { between: () => drive, env: { TARGET_FOLDER_ID: folder.id } })
  cleanup.push(server.close, google.close, accounts.close)
  return { server, google, accounts }
}

const filesOf = ({ google }: Uploads) => [...google.items.all.values()].filter((item) => item.content)
const isPublic = (item: { permissions: { type: string; role: string }[] }) =>
  item.permissions.some(({ type, role }) => type === 'anyone' && role === 'reader')

/** Each job has all five columns, and they name a file of its own that anyone can read. */
async function expectAttached(uploads: Uploads, jobIds: string[]) {
  const { server } = uploads
  const files = new Map(filesOf(uploads).map((item) => [item.id, item]))
  expect(files.size).toBe(jobIds.length)
  for (const jobId of jobIds) {
    const job = await server.jobs.get(jobId)
    const file = files.get(job?.drive_file_id ?? '')
    expect(file && isPublic(file)).toBe(true)
    expect(file?.name).toBe(`${jobId}.png`)
    const download_link = `https://drive.google.com/uc?id=${file?.id}&export=download`
    expect(job).toMatchObject({
      drive_link: `https://drive.google.com/file/d/${file?.id}/view?usp=sharing`,
      download_link,
      qr_url: `${server.base}/drive/qr?url=${encodeURIComponent(download_link)}`,
      drive_uploaded_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    files.delete(file?.id ?? '')
  }
}

describe('POST /drive/upload', () => {
  test('returns Google links to a file with the same bytes in the target folder', async () => {
    const uploads = await open()
    const content = png(6_000_000)
    const { status, body } = await uploads.server.postForm(formWith(content))
    expect(status).toBe(200)
    const [file, ...others] = filesOf(uploads)
    expect(others).toEqual([])
    const id = file?.id
    const download_link = `https://drive.google.com/uc?id=${id}&export=download`
    expect(body).toEqual({
      file_id: id,
      name: 'result.png',
      drive_link: `https://drive.google.com/file/d/${id}/view?usp=sharing`,
      download_link,
      qr_url: `${uploads.server.base}/drive/qr?url=${encodeURIComponent(download_link)}`,
      page_url: new URL(`/p/${id}`, uploads.server.base).href,
    })
    expect(uploads.google.items.get(file?.parents[0] ?? '').name).toBe('Results')
    expect(Buffer.compare(Buffer.from((await file?.content?.read()) ?? []), content)).toBe(0)
  })

  test('goes to the folder that the form names', async () => {
    const { server, google } = await open()
    const other = google.addFolder('Other')
    const { body } = await server.postForm(formWith(png(), 'a.png', { folder_id: other.id }))
    expect(google.items.get(body.file_id).parents).toEqual([other.id])
  })

  test.each<[string, (uploads: Uploads) => void, number, string]>([
    [
      'an authorisation that has ended',
      ({ accounts }) => accounts.answer({ statusCode: 400, body: { error: 'invalid_grant' } }),
      500,
      'uploader_not_authorized',
    ],
    [
      'another client',
      ({ accounts }) => accounts.answer({ statusCode: 401, body: { error: 'unauthorized_client' } }),
      500,
      'uploader_client_wrong',
    ],
    [
      'a scope that is missing',
      ({ google }) => google.fault({}, { status: 403, reason: 'insufficientPermissions' }),
      500,
      'uploader_scope_missing',
    ],
    [
      'an API that is off',
      ({ google }) => google.fault({}, { status: 403, reason: 'accessNotConfigured' }),
      500,
      'drive_api_disabled',
    ],
    [
      'a Drive that fails',
      ({ google }) => google.fault({ times: 10 }, SERVER_ERROR),
      502,
      'drive_unavailable',
    ],
    [
      'a Drive that is full',
      ({ google }) => google.fault(CREATE, { status: 403, reason: 'storageQuotaExceeded' }),
      502,
      'drive_quota_exceeded',
    ],
  ])('%s: its status, its code and a remedy', async (_, prepare, status, code) => {
    const uploads = await open()
    prepare(uploads)
    const answer = await uploads.server.postForm(formWith(png()))
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect(answer.body.error.message).toMatch(/\w+ \w+/)
    expect(JSON.stringify(answer.body)).not.toMatch(/ya29|GOCSPX|1\/\/refresh/)
    expect(filesOf(uploads)).toEqual([])
  })

  test('a folder that is not there is 404', async () => {
    const { server } = await open()
    const answer = await server.postForm(formWith(png(), 'a.png', { folder_id: 'nowhere' }))
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'folder_not_found' } } })
  })
})

describe('jobs', () => {
  test.each<[string, { method: string; path: string | RegExp }, Effect]>([
    ['a lost answer after a stored file', CREATE, 'lose answer'],
    ['a reset', CREATE, 'reset'],
    ['503', CREATE, SERVER_ERROR],
    ['403 for the rate', CREATE, RATE_LIMIT_403],
    ['a permission that fails once', SHARE, SERVER_ERROR],
    ['a lost answer to the permission', SHARE, 'lose answer'],
    ['a token that ends in the middle', SHARE, TOKEN_EXPIRED],
  ])('have one public file and all columns after %s', async (_, match, effect) => {
    const uploads = await open()
    await uploads.server.addJob('a')
    uploads.google.fault(match, effect)
    const { status, body } = await uploads.server.post('/drive/upload-job', { job_id: 'a' })
    expect([status, body.error]).toEqual([200, undefined])
    await expectAttached(uploads, ['a'])
  })

  test('have empty columns while the permission fails; the next sync finishes with the same file', async () => {
    const uploads = await open()
    const { server, google } = uploads
    await server.addJob('a')
    google.fault({ ...SHARE, times: Infinity }, SERVER_ERROR)
    expect((await server.post('/drive/upload-job', { job_id: 'a' })).status).toBe(502)
    expect(await server.jobs.get('a')).toMatchObject(NOT_ON_DRIVE)
    const [{ id } = { id: '' }] = filesOf(uploads)
    google.clearFaults()
    expect((await server.post('/drive/sync')).body).toMatchObject({ uploaded: 1, failed: 0 })
    await expectAttached(uploads, ['a'])
    expect((await server.jobs.get('a'))?.drive_file_id).toBe(id)
  })

  test('are uploaded again to the same file, by `force`', async () => {
    const uploads = await open()
    const path = await uploads.server.addJob('a')
    await uploads.server.post('/drive/sync')
    await writeFile(path, png(3_000, 99))
    expect((await uploads.server.post('/drive/sync?force=true')).body).toMatchObject({ uploaded: 1 })
    await expectAttached(uploads, ['a'])
    const [file] = filesOf(uploads)
    expect(Buffer.from((await file?.content?.read()) ?? [])).toEqual(png(3_000, 99))
  })

  test('that were meant for the disk get an id of Google', async () => {
    const uploads = await open()
    const { jobs } = uploads.server
    await uploads.server.addJob('a')
    const claim = await jobs.claim('a', Date.now() + 60_000)
    if (!claim) throw new Error('no claim')
    await jobs.reserve(claim, `stored_${'x'.repeat(32)}`)
    await jobs.release(claim)
    expect((await uploads.server.post('/drive/sync')).body).toMatchObject({ uploaded: 1, failed: 0 })
    await expectAttached(uploads, ['a'])
  })

  test('20 syncs at once make 50 files of 50 jobs, through faults of all kinds', async () => {
    const uploads = await open()
    const { server, google } = uploads
    const jobIds = Array.from({ length: 50 }, (_, index) => `job-${index}`)
    for (const id of jobIds) await server.addJob(id)
    const effects: Effect[] = ['lose answer', 'reset', SERVER_ERROR, RATE_LIMIT_403, RATE_LIMIT_429]
    effects.forEach((effect, index) => {
      for (let after = index; after < 60; after += 15) google.fault({ after, times: 1 }, effect)
    })
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.post('/drive/sync')))
    for (const { status } of answers) expect(status).toBe(200)
    await server.post('/drive/sync')
    await expectAttached(uploads, jobIds)
  })

  test('stop being tried when Google takes nothing at all', async () => {
    const uploads = await open()
    for (let index = 0; index < 20; index++) await uploads.server.addJob(`job-${index}`)
    uploads.google.fault({ times: Infinity }, { status: 403, reason: 'accessNotConfigured' })
    const { status, body } = await uploads.server.post('/drive/sync')
    expect([status, body.error.code]).toEqual([500, 'drive_api_disabled'])
    expect(uploads.google.requests.length).toBeLessThan(10)
  })
})
