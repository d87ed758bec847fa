import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type LocalServer, startServer } from '../../functions/local/server.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { type FaultMatch, RATE_LIMIT_403, SERVER_ERROR, TOKEN_EXPIRED } from '../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../fakes/google-accounts.ts'
import { sample, temporaryDataDir } from '../sample.ts'
import { type Api, apiOf, base64Of, isEnd } from './api.ts'

const dataDir = await temporaryDataDir()
const FOLDER_LINK = (id: string) => `https://drive.google.com/drive/folders/${id}?usp=sharing`
/** As files of before 2021 that were shared by link. */
const OLD_FILE = { resourceKey: '0-key', keyRequired: true }

describe('a scan of a Google Drive folder, against a stand-in for Drive', () => {
  const media: FaultMatch = { method: 'GET', when: ({ query }) => query.alt === 'media' }
  let accounts: GoogleAccounts
  let drive: DriveServer
  let server: LocalServer
  let api: Api
  let target: string
  let photos: { name: string; bytes: Buffer }[]
  const logged: string[] = []

  beforeAll(async () => {
    const { fewPhotos, selfie } = await sample()
    const dir = join(fewPhotos, 'second-day')
    const names = await readdir(dir)
    photos = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(dir, name)) })))
    target = await base64Of(selfie)
    ;[accounts, drive] = await Promise.all([startGoogleAccounts('unused'), startDriveServer()])
    const config = parseConfig({
      PORT: '0',
      DATA_DIR: dataDir,
      GOOGLE_API_ROOT: drive.url,
      GOOGLE_OAUTH_ROOT: accounts.url,
      GOOGLE_CLIENT_ID: 'our-client',
      GOOGLE_CLIENT_SECRET: 'secret',
      GOOGLE_REDIRECT_URI: 'http://localhost:8000/',
      FACE_CACHE_HOURS: '0',
      MATCH_CONCURRENCY: '2',
    })
    const log = createLog('debug', { write: (line) => void logged.push(line) })
    server = await startServer(config, { log, photosDir: undefined })
    api = apiOf(server.url)
  })
  afterAll(async () => {
    await server.close()
    await Promise.all([drive.close(), accounts.close()])
  })

  function folderWithPhotos(token: string) {
    drive.clearFaults()
    drive.addToken(token)
    accounts.issue(token, 'our-client')
    const folder = drive.addFolder('wedding')
    const files = photos.map(({ name, bytes }) => drive.addFile(name, folder, bytes, OLD_FILE))
    return { folder, files }
  }

  async function scanOf(folderId: string, token: string) {
    const scan = await api.scan({
      drive_link: FOLDER_LINK(folderId),
      target_face: target,
      access_token: token,
    })
    const socket = await api.updates(`?scan_id=${scan.scan_id}&after=&key=${scan.scan_key}`)
    await socket.until(isEnd)
    socket.close()
    return { ...scan, events: socket.events }
  }

  test('finds the same faces as on disk, and links to Drive', async () => {
    const { folder, files } = folderWithPhotos('guest-1')
    const { total_files, events } = await scanOf(folder.id, 'guest-1')
    expect(total_files).toBe(files.length)
    expect(events).toHaveLength(files.length + 2)
    const matches = events.filter((event) => event.type === 'match')
    expect(matches.length).toBeGreaterThan(0)
    expect(matches[0]?.download_url).toBe(
      `https://drive.google.com/uc?id=${matches[0]?.file_id}&export=download&resourcekey=0-key`,
    )
  })

  test('survives rate limits and server errors without losing a file', async () => {
    const { folder, files } = folderWithPhotos('guest-2')
    drive.fault({ ...media, times: 1 }, { status: 429, reason: 'rateLimitExceeded', retryAfter: '1' })
    drive.fault({ ...media, times: 1 }, RATE_LIMIT_403)
    drive.fault({ ...media, times: 2 }, SERVER_ERROR)
    const { events } = await scanOf(folder.id, 'guest-2')
    expect(events).toHaveLength(files.length + 2)
    expect(events.filter((event) => event.type === 'error')).toEqual([])
    expect(events.at(-1)?.type).toBe('completed')
  })

  test('ends a file as an error when Drive refuses it for good, and goes on with the others', async () => {
    const { folder, files } = folderWithPhotos('guest-3')
    const [blocked] = files
    drive.fault(
      { method: 'GET', path: `/drive/v3/files/${blocked?.id}` },
      {
        status: 403,
        reason: 'downloadQuotaExceeded',
      },
    )
    const { events } = await scanOf(folder.id, 'guest-3')
    const errors = events.filter((event) => event.type === 'error')
    expect(errors).toMatchObject([{ file_id: blocked?.id, code: 'drive_quota_exceeded' }])
    expect(errors[0]?.error).toMatch(/^[A-Z].*\.$/)
    expect(events.at(-1)?.type).toBe('completed')
  })

  test('ends with token_expired once when the token dies, and downloads nothing more', async () => {
    const { folder } = folderWithPhotos('guest-4')
    drive.fault({ ...media, after: 3, times: Infinity }, TOKEN_EXPIRED)
    const { scan_id, events } = await scanOf(folder.id, 'guest-4')
    expect(events.filter(isEnd)).toMatchObject([
      {
        type: 'token_expired',
        message: 'Google token expired. Please re-authenticate and restart the scan.',
      },
    ])
    const { body } = await api.get(`/scan/${scan_id}/status`)
    expect(body.status).toBe('token_expired')
    expect(body.remaining).toBeGreaterThan(0)

    // Another scan queues behind the dead one's tasks; by its end none of those has downloaded anything.
    const next = folderWithPhotos('guest-5')
    const after = await scanOf(next.folder.id, 'guest-5')
    expect(after.events.at(-1)?.type).toBe('completed')
    const downloads = drive.requests.filter(
      ({ query, headers }) => query.alt === 'media' && headers.authorization === 'Bearer guest-4',
    )
    expect(downloads.length).toBeLessThanOrEqual(3 + 2 * 2)
  })

  test('checks the token first, then the folder: 401, 403, 404, 400', async () => {
    const { folder } = folderWithPhotos('guest-6')
    const refused = async (overrides: object) => {
      const { status, body } = await api.post('/scan', {
        drive_link: FOLDER_LINK(folder.id),
        target_face: target,
        access_token: 'guest-6',
        ...overrides,
      })
      return [status, body.error.code]
    }
    expect(await refused({ access_token: 'nobody' })).toEqual([401, 'token_expired'])
    drive.addToken('stranger')
    accounts.issue('stranger', 'another-client')
    expect(await refused({ access_token: 'stranger' })).toEqual([403, 'forbidden'])
    expect(await refused({ drive_link: FOLDER_LINK('1'.repeat(33)) })).toEqual([404, 'folder_not_found'])
    expect(await refused({ drive_link: FOLDER_LINK(drive.addFolder('empty').id) })).toEqual([
      404,
      'no_images',
    ])
    expect(await refused({ drive_link: 'local:/' })).toEqual([400, 'invalid_link'])
  })

  test('a folder whose images are all in subfolders says so', async () => {
    const { folder } = folderWithPhotos('guest-7')
    const above = drive.addFolder('above')
    drive.addFile('film.mp4', above, new Uint8Array(1))
    drive.addShortcut('the photos', above, folder)
    const { status, body } = await api.post('/scan', {
      drive_link: FOLDER_LINK(above.id),
      target_face: target,
      access_token: 'guest-7',
    })
    expect([status, body.error]).toEqual([
      404,
      { code: 'no_images', message: expect.stringContaining('subfolders') },
    ])
  })

  test('no token, scan key or image is ever logged', () => {
    expect(logged.join('')).toContain('scan completed')
    expect(logged.join('')).not.toMatch(/guest-\d|scan_key|Bearer/)
    expect(Math.max(...logged.map((line) => line.length))).toBeLessThan(10_000)
  })
})
