import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { type PreviewDeps, previewRoutes } from '../../../functions/preview/handlers.ts'
import { resultRoutes } from '../../../functions/results/handlers.ts'
import type { DriveFile } from '../../../shared/drive/port.ts'
import { createPreviewer } from '../../../shared/face/previewer.ts'
import { createApp } from '../../../shared/http/app.ts'
import { keptPreviews } from '../../../shared/scan/previews/previews.ts'
import { newScanKey } from '../../../shared/scan/secrets/scan-key.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { silent, storedScan } from '../../shared/scan/scan-fixture.ts'
import { match, progress } from '../../shared/store/samples.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
const previewer = createPreviewer({ concurrency: 1, maxTasks: 1000 })
afterAll(async () => {
  await previewer.close()
  await store.close()
})

const { key, hash } = newScanKey()
const previews = keptPreviews()
/** What was read from the Drive, a mock, with which token. */
const downloads: [id: string, resourceKey: string | undefined, token: string][] = []
const originals = new Map<string, Uint8Array>()
let scanId = ''

beforeAll(async () => {
  const upright = sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#a66' } })
  // On its side, as phones store photos, and with the place where it was taken.
  const exif = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } }
  originals.set('large', await upright.jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer())
  originals.set('heic', await readFile('test/shared/face/fixtures/portrait.heic'))
  originals.set('broken', new Uint8Array(100))
  const files: DriveFile[] = ['large', 'heic', 'broken', 'other'].map((id) => ({
    id,
    name: `${id}.jpg`,
    mime_type: 'image/jpeg',
    resource_key: `key of ${id}`,
  }))
  const { scan_id } = await storedScan(store, files, { key_hash: hash })
  scanId = scan_id
  const matches = ['large', 'heic', 'broken'].map((id) => match(scan_id, id))
  await store.scans.append(scan_id, 0, [...matches, progress(scan_id, 'other')])
})

const deps: PreviewDeps = {
  store,
  previews,
  previewer,
  drive: {
    async download({ id, resource_key }, token) {
      downloads.push([id, resource_key, token])
      return originals.get(id) ?? new Uint8Array()
    },
  },
  organiser: { download: () => Promise.reject(new Error('of no album')) },
  albumIndexes: { read: async () => ({ version: 0, shards: new Map() }), forget: () => {} },
  anyToken: undefined,
  now: Date.now,
}
const queue = { publish: async () => {}, purge: async () => {} }
const app = createApp({ log: silent, allowedOrigins: [] })
  .route('/', previewRoutes(deps))
  .route('/', resultRoutes({ store, queue, previews, matchDistance: 0.45, log: silent }))

function preview(fileId: string, headers: Record<string, string> = {}) {
  const own = { authorization: `Bearer ${key}`, 'x-drive-token': 'token' }
  return app.request(`/scan/${scanId}/matches/${fileId}/preview`, { headers: { ...own, ...headers } })
}
const codeOf = async (response: Response) => [response.status, (await response.json()).error.code]

test('a match is seen upright, in the size of a screen and without what else the file tells, and read once', async () => {
  const first = await preview('large')
  expect(first.status).toBe(200)
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cache-control': 'private, max-age=3600',
    'x-content-type-options': 'nosniff',
  })
  const { format, width, height, exif, orientation } = await sharp(await first.arrayBuffer()).metadata()
  expect({ format, width, height, exif, orientation }).toEqual({ format: 'webp', width: 800, height: 1600 })
  expect((await preview('large', { 'if-none-match': first.headers.get('etag') ?? '' })).status).toBe(304)
  expect(downloads).toEqual([['large', 'key of large', 'token']])
})

test('a HEIC photo is seen too, in its own size', async () => {
  const shown = await preview('heic')
  expect(shown.headers.get('content-type')).toBe('image/webp')
  const { width = 0, height = 0 } = await sharp(await shown.arrayBuffer()).metadata()
  expect(Math.max(width, height)).toBeLessThan(1600)
})

test('only what the scan found is seen, and only with its key and a token', async () => {
  const before = downloads.length
  expect(await codeOf(await preview('other'))).toEqual([404, 'file_not_found'])
  expect(await codeOf(await preview('none'))).toEqual([404, 'file_not_found'])
  expect(await codeOf(await preview('large', { authorization: '' }))).toEqual([401, 'unauthorized'])
  expect(await codeOf(await preview('large', { authorization: 'Bearer wrong' }))).toEqual([403, 'forbidden'])
  expect(await codeOf(await preview('broken', { 'x-drive-token': '' }))).toEqual([401, 'token_expired'])
  expect(downloads).toHaveLength(before)
  expect(await codeOf(await preview('broken'))).toEqual([400, 'not_an_image'])
})

test('it is gone with the scan', async () => {
  const erased = await app.request(`/scan/${scanId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}` },
  })
  expect(erased.status).toBe(204)
  expect(await codeOf(await preview('large'))).toEqual([404, 'scan_not_found'])
  const again = await previews.get({ scan_id: scanId, file_id: 'large' }, async () => Uint8Array.of(1))
  expect(again).toEqual(Uint8Array.of(1))
})
