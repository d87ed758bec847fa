import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from '@jest/globals'
import {
  createAlbum,
  eraseAlbum,
  forOrganiser,
  patchAlbum,
  sweepAlbums,
} from '../../../shared/albums/albums.ts'
import { refreshAlbum } from '../../../shared/albums/refresh.ts'
import { searchAlbum } from '../../../shared/albums/search.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import { ScanEvent } from '../../../shared/contract/events.ts'
import { scanMatches, scanStatus } from '../../../shared/scan/read.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents } from '../scan/scan-fixture.ts'
import { albumProcess, SELFIE } from './album-fixture.ts'

let now = Date.now()
const dir = await temporaryDir()
const store = sqliteStore(openDatabase(dir), { now: () => now })
afterAll(() => store.close())

let process: ReturnType<typeof albumProcess>
let albumId: string
beforeEach(async () => {
  process = albumProcess(store, () => now)
  process.folder.set('both', { people: [1, 2] })
  process.folder.set('me', { people: [1] })
  process.folder.set('other', { people: [3] })
  process.folder.set('nobody', { people: [] })
  process.folder.set('broken', { people: [], error: new AppError('not_an_image', 'This is no image.') })
  albumId = (await createAlbum({ drive_link: 'private-folder', recursive: false }, process.deps)).album_id
  await refreshAlbum(albumId, process.deps)
  await process.work()
})

const consent = 'I agree that my face is compared.'
const search = (person: number, more = {}) =>
  searchAlbum(albumId, { target_face: SELFIE(person), consent, since: 0, ...more }, process.deps)
const found = async (scanId: string) =>
  (await scanMatches(scanId, { limit: 100, suggestions: false }, store.scans)).matches
    .map(({ file_id }) => file_id)
    .sort()

test('a guest finds their photos, and everything is there when the call returns', async () => {
  const { scan_id, total_files, index_version, scan_key } = await search(1)
  expect([total_files, index_version, scan_key.length > 20]).toEqual([
    5,
    (await store.albums.get(albumId))?.version,
    true,
  ])
  expect(await found(scan_id)).toEqual(['both', 'me'])
  expect(await scanStatus(scan_id, store.scans)).toEqual({ scan_id, status: 'completed', remaining: 0 })
  const [first] = (await scanMatches(scan_id, { limit: 1, suggestions: false }, store.scans)).matches
  expect(first).toMatchObject({
    ...{
      file_name: `${first?.file_id}.jpg`,
      distance: 0,
      certainty: 'sure',
      image: { width: 100, height: 100 },
    },
    download_url: `https://photos.test/${albumId}/${first?.file_id}/${scan_id}`,
  })
})

test('its events are those of a scan: one for each photo, and of others neither name nor id', async () => {
  const { scan_id } = await search(1)
  const events = await allEvents(store, scan_id)
  for (const event of events) expect(ScanEvent.safeParse(event).error).toBeUndefined()
  const types = events.map(({ type }) => type)
  expect([types[0], types.at(-1)]).toEqual(['started', 'completed'])
  expect(types.toSorted()).toEqual([
    'completed',
    'error',
    'match',
    'match',
    'progress',
    'progress',
    'started',
  ])
  const text = JSON.stringify(events)
  for (const name of ['other', 'nobody', 'broken', 'private-folder']) expect(text).not.toContain(name)
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(7)
})

test('a later search may be of what came since', async () => {
  const { index_version: since } = await search(1)
  expect(await search(1, { since })).toMatchObject({ total_files: 0 })
  process.folder.set('new', { people: [1] })
  await refreshAlbum(albumId, process.deps)
  await process.work()
  const later = await search(1, { since })
  expect([later.total_files, await found(later.scan_id)]).toEqual([1, ['new']])
  expect(await found((await search(1)).scan_id)).toEqual(['both', 'me', 'new'])
})

test('a code is asked for where there is one', async () => {
  await patchAlbum(albumId, { code: '1234' }, process.deps)
  for (const code of [undefined, '', '4321']) {
    await expect(search(1, { code })).rejects.toMatchObject({ code: 'album_code_wrong' })
  }
  expect(await found((await search(1, { code: '1234' })).scan_id)).toEqual(['both', 'me'])
  await patchAlbum(albumId, { code: null }, process.deps)
  expect(await found((await search(1)).scan_id)).toHaveLength(2)
})

test('an album that is closed, has ended or is unknown is not searched', async () => {
  await patchAlbum(albumId, { closed: true }, process.deps)
  await expect(search(1)).rejects.toMatchObject({ code: 'album_closed' })
  await patchAlbum(albumId, { closed: false, until: new Date(now + 5).toISOString() }, process.deps)
  now += 5
  await expect(search(1)).rejects.toMatchObject({ code: 'album_ended' })
  albumId = 'unknown'
  await expect(search(1)).rejects.toMatchObject({ code: 'album_not_found' })
})

test('photos that another engine analysed are errors until they are analysed once more', async () => {
  const upgraded = { ...process.deps, face: { ...process.deps.face, id: 'engine-2' } }
  const request = { target_face: SELFIE(1), consent, since: 0 }
  const first = await searchAlbum(albumId, request, upgraded)
  expect((await allEvents(store, first.scan_id)).filter(({ type }) => type === 'error')).toHaveLength(5)
  Object.assign(process.deps, { face: upgraded.face })
  await refreshAlbum(albumId, process.deps)
  await process.work()
  expect(await found((await searchAlbum(albumId, request, process.deps)).scan_id)).toEqual(['both', 'me'])
})

test('an album that is erased while it is being searched leaves nothing of the search', async () => {
  const { scans } = store
  const stored: string[] = []
  const createEnded: typeof scans.createEnded = async (scan, events) => {
    await eraseAlbum(albumId, process.deps)
    stored.push(scan.scan_id)
    return scans.createEnded(scan, events)
  }
  const deps = { ...process.deps, store: { ...store, scans: { ...scans, createEnded } } }
  const request = { target_face: SELFIE(1), consent, since: 0 }
  await expect(searchAlbum(albumId, request, deps)).rejects.toMatchObject({ code: 'album_not_found' })
  for (const scanId of stored) expect(await scans.get(scanId)).toBeUndefined()
  expect(stored).toHaveLength(1)
})

test('keeps what the guest agreed to, and nothing of the guest', async () => {
  const { scan_id } = await search(1)
  await search(1, { since: 1 })
  const { organiser } = await forOrganiser((await store.albums.get(albumId)) as never, process.deps)
  expect(organiser?.searches).toBe(1)
  const scan = await store.scans.get(scan_id)
  expect([scan?.targets?.length ?? 0, scan?.access_token]).toEqual([0, undefined])
})

test('an erased album leaves nothing in the database file, nor do the searches in it', async () => {
  const { scan_id } = await search(1)
  const names = [albumId, scan_id, 'both.jpg', 'other.jpg', 'private-folder', consent]
  const remaining = () => {
    const files = readdirSync(dir).map((name) => readFileSync(join(dir, name)))
    return names.filter((name) => files.some((bytes) => bytes.includes(name)))
  }
  // Those that have ended are kept for a week, so that guests are told so.
  now += 8 * 24 * 3_600_000
  await sweepAlbums(process.deps)
  for (const { album_id } of await store.albums.list()) {
    if (album_id !== albumId) await eraseAlbum(album_id, process.deps)
  }
  expect(remaining()).toEqual(names)
  await eraseAlbum(albumId, process.deps)
  expect(remaining()).toEqual([])
})
