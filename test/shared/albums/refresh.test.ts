import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  createAlbum,
  eraseAlbum,
  forGuests,
  forOrganiser,
  patchAlbum,
  sweepAlbums,
} from '../../../shared/albums/albums.ts'
import { refreshAlbum, refreshAlbums } from '../../../shared/albums/refresh.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import type { Task } from '../../../shared/contract/task.ts'
import { matchFile } from '../../../shared/scan/match-file.ts'
import { reconcile } from '../../../shared/scan/reconcile.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { albumProcess } from './album-fixture.ts'

let now = Date.now()
const store = sqliteStore(openDatabase(await temporaryDir()), { now: () => now })
afterAll(() => store.close())

let process: ReturnType<typeof albumProcess>
beforeEach(() => {
  process = albumProcess(store, () => now)
})

const request = { drive_link: 'folder', recursive: true }

async function album(photos: number): Promise<string> {
  for (let index = 0; index < photos; index++) process.folder.set(`p${index}`, { people: [index % 3] })
  const { album_id } = await createAlbum(request, process.deps)
  return album_id
}
const stored = async (albumId: string) =>
  (await store.albums.get(albumId)) ?? Promise.reject(new Error('no album'))

test('an album has every photo of its folder once they are analysed, and grows meanwhile', async () => {
  const id = await album(250)
  await refreshAlbum(id, process.deps)
  expect(await forGuests(await stored(id), process.deps)).toMatchObject({
    photos: 0,
    indexing: true,
    title: 'Wedding',
  })
  await process.work(130)
  const grown = await stored(id)
  expect(grown.photos).toBeGreaterThanOrEqual(100)
  expect(grown.photos).toBeLessThan(250)
  await process.work()
  expect(await forOrganiser(await stored(id), process.deps)).toMatchObject({
    ...{ photos: 250, indexing: false },
    organiser: { faces: 250, failed: 0, problem: null, indexing: null },
  })
  expect(await process.photos(id)).toHaveLength(250)
  expect(process.downloads).toHaveLength(250)
})

test('guests see the first photos of a small album before all of them are analysed', async () => {
  const id = await album(9)
  await refreshAlbum(id, process.deps)
  await process.work(3)
  const first = (await stored(id)).photos
  now += 5_000
  await process.work(3)
  const second = (await stored(id)).photos
  await process.work()
  expect([first, second, (await stored(id)).photos]).toEqual([1, 4, 9])
})

test('a photo that came, changed or went since is the only one that is looked at', async () => {
  const id = await album(120)
  await refreshAlbum(id, process.deps)
  await process.work()
  const { version } = await stored(id)
  process.downloads.length = 0
  await refreshAlbum(id, process.deps)
  expect([await process.work(), (await stored(id)).version]).toEqual([0, version])

  process.folder.set('new', { people: [1, 2] })
  process.folder.set('p7', { people: [], md5: 'v2' })
  process.folder.delete('p8')
  await refreshAlbum(id, process.deps)
  await process.work()
  expect(process.downloads.sort()).toEqual(['new', 'p7'])
  const photos = await process.photos(id)
  expect([photos.includes('new'), photos.includes('p8'), photos.length]).toEqual([true, false, 120])
  // Of 120 faces, p7 and p8 had one each, and the new photo has two.
  expect(await stored(id)).toMatchObject({ photos: 120, faces: 120 })
  expect((await store.faces.latest([`${id}:p8`])).size).toBe(0)
})

test('a photo that cannot be read is an error, and is tried again where that may help', async () => {
  const id = await album(2)
  process.folder.set('broken', { people: [], error: new AppError('not_an_image', 'This is no image.') })
  process.folder.set('away', {
    people: [1],
    error: new AppError('drive_unavailable', 'Drive does not respond.'),
  })
  await refreshAlbum(id, process.deps)
  await process.work()
  const { organiser } = await forOrganiser(await stored(id), process.deps)
  expect(organiser).toMatchObject({ faces: 2, failed: 2 })
  expect(organiser?.errors.map(({ file_id, code }) => [file_id, code]).sort()).toEqual([
    ['away', 'drive_unavailable'],
    ['broken', 'not_an_image'],
  ])
  process.folder.set('away', { people: [1] })
  await refreshAlbum(id, process.deps)
  expect(await process.work()).toBe(0)
  now += 3_600_001
  await refreshAlbum(id, process.deps)
  expect(await process.work()).toBe(1)
  expect(await stored(id)).toMatchObject({ photos: 3, faces: 3, failed: 1 })
})

test('while one scan indexes, no other is started; afterwards the next one has what came meanwhile', async () => {
  const id = await album(5)
  await Promise.all([refreshAlbum(id, process.deps), refreshAlbum(id, process.deps)])
  await process.work(2)
  process.folder.set('new', { people: [1] })
  expect(await refreshAlbum(id, process.deps)).toBe(false)
  await process.work()
  expect((await process.photos(id)).filter((photo) => photo === 'new')).toEqual([])
  await refreshAlbums(process.deps)
  await process.work()
  expect(await process.photos(id)).toEqual(['new', 'p0', 'p1', 'p2', 'p3', 'p4'])
})

describe('where the server may not read the folder any more', () => {
  test.each(['folder_not_found', 'drive_forbidden', 'drive_unavailable'] as const)(
    '%s is the problem of the album, which keeps its photos',
    async (code) => {
      const id = await album(3)
      await refreshAlbum(id, process.deps)
      await process.work()
      process.refuse(new AppError(code, 'What to do.'))
      await refreshAlbum(id, process.deps)
      expect(await stored(id)).toMatchObject({ photos: 3, problem: { code, error: 'What to do.' } })
      process.refuse(undefined)
      await refreshAlbum(id, process.deps)
      expect((await stored(id)).problem).toBeUndefined()
    },
  )

  test('an authorisation that ends in the middle stops the scan, and the next refresh goes on with what is missing', async () => {
    const id = await album(6)
    await refreshAlbum(id, process.deps)
    await process.work(2)
    process.refuse(new AppError('uploader_not_authorized', 'Run npm run authorize.'))
    await process.work()
    expect(await stored(id)).toMatchObject({ problem: { code: 'uploader_not_authorized' } })
    process.refuse(undefined)
    process.downloads.length = 0
    await refreshAlbum(id, process.deps)
    await process.work()
    expect(await stored(id)).toMatchObject({ photos: 6, failed: 0 })
    expect((await stored(id)).problem).toBeUndefined()
  })
})

test('what a process leaves undone when it dies is done by the next one, and no photo is there twice', async () => {
  const id = await album(230)
  await refreshAlbum(id, process.deps)
  for (let round = 0; round < 6; round++) {
    await process.work(25)
    // The task in hand was delivered and is delivered again; all others are lost.
    const [inHand] = process.published.splice(0)
    const dead = process
    process = albumProcess(store, () => now)
    for (const [photoId, photo] of dead.folder) process.folder.set(photoId, photo)
    if (inHand) await matchFile(inHand as Task, { attempt: 2 }, process.deps)
    now += 1
    await reconcile(process.deps, { stalledAfter: 0 })
  }
  await process.work()
  expect(await stored(id)).toMatchObject({ photos: 230, faces: 230, failed: 0 })
  const photos = await process.photos(id)
  expect([photos.length, new Set(photos).size]).toEqual([230, 230])
})

test('an index that could not be written is written before the scan ends', async () => {
  const id = await album(3)
  await refreshAlbum(id, process.deps)
  let failures = 0
  const publish: typeof store.albums.publish = async (...args) => {
    if (failures++ < 3) throw new Error('the store is away')
    return store.albums.publish(...args)
  }
  const { indexPhotos } = await import('../../../shared/albums/index-photos.ts')
  const failing = { ...store, albums: { ...store.albums, publish } }
  const deps = { ...process.deps, albums: indexPhotos({ ...process.deps, store: failing }) }
  const tasks = process.published.splice(0) as Task[]
  for (const task of tasks) await matchFile(task, { attempt: 1 }, deps).catch(() => {})
  for (let task = process.published.shift(); task; task = process.published.shift()) {
    await matchFile(task as Task, { attempt: 1 }, deps).catch(() => {})
  }
  expect((await stored(id)).photos).toBe(0)
  now += 1
  await reconcile(deps, { stalledAfter: 0 })
  expect(await stored(id)).toMatchObject({ photos: 3, version: 1 })
})

test('an album ends at its time, and is gone with all that was derived from its photos', async () => {
  const id = await album(2)
  await refreshAlbum(id, process.deps)
  await process.work()
  await patchAlbum(id, { until: new Date(now + 1000).toISOString() }, process.deps)
  now += 1000
  await expect(forGuests(await stored(id), process.deps)).rejects.toMatchObject({ code: 'album_ended' })
  expect(await sweepAlbums(process.deps)).toBeGreaterThanOrEqual(1)
  expect(await process.photos(id)).toEqual([])
  expect(await store.faces.thumbnail(`${id}:p0`)).toBeUndefined()
})

test('an album that has ended cannot go on, nor does an index scan that was listed too late', async () => {
  const id = await album(2)
  await patchAlbum(id, { until: new Date(now + 1000).toISOString() }, process.deps)
  const listImages: typeof process.deps.organiser.listImages = async (...args) => {
    now += 1000
    await sweepAlbums(process.deps)
    return process.deps.organiser.listImages(...args)
  }
  const organiser = { ...process.deps.organiser, listImages }
  await refreshAlbum(id, { ...process.deps, organiser })
  expect(await process.work()).toBe(0)
  const later = { until: new Date(now + 5000).toISOString() }
  await expect(patchAlbum(id, later, process.deps)).rejects.toMatchObject({ code: 'album_ended' })
})

test('photos that are published as an album ends are dropped at once', async () => {
  const id = await album(1)
  await refreshAlbum(id, process.deps)
  await patchAlbum(id, { until: new Date(now + 1000).toISOString() }, process.deps)
  const { face } = process.deps
  const analyse: typeof face.analyse = async (...args) => {
    now += 1000
    return face.analyse(...args)
  }
  const [task] = process.published.splice(0)
  await matchFile(task as Task, { attempt: 1 }, { ...process.deps, face: { ...face, analyse } })
  expect(await process.photos(id)).toEqual([])
})

describe('where whoever erases an album dies in the middle, the sweep does the rest', () => {
  const died = async () => Promise.reject(new Error('killed'))
  const killedIn: Record<string, () => typeof store> = {
    scans: () => ({ ...store, scans: { ...store.scans, eraseAlbum: died } }),
    faces: () => ({ ...store, faces: { ...store.faces, purge: died } }),
    album: () => ({ ...store, albums: { ...store.albums, erase: died, sweep: died } }),
  }

  test.each(Object.keys(killedIn))('by DELETE, in its %s', async (part) => {
    const id = await album(1)
    await refreshAlbum(id, process.deps)
    await process.work()
    const deps = { ...process.deps, store: killedIn[part]?.() ?? store }
    await expect(eraseAlbum(id, deps)).rejects.toThrow('killed')
    expect(await store.albums.get(id)).toBeUndefined()
    await sweepAlbums(process.deps)
    await nothingIsLeftOf(id)
  })

  test.each(Object.keys(killedIn))('by its end, in its %s', async (part) => {
    const id = await album(1)
    await refreshAlbum(id, process.deps)
    await process.work()
    await patchAlbum(id, { until: new Date(now + 1000).toISOString() }, process.deps)
    now += 1000
    const deps = { ...process.deps, store: killedIn[part]?.() ?? store }
    await expect(sweepAlbums(deps)).rejects.toThrow('killed')
    await sweepAlbums(process.deps)
    await nothingIsLeftOf(id)
  })

  async function nothingIsLeftOf(id: string): Promise<void> {
    expect((await store.faces.latest([`${id}:p0`])).size).toBe(0)
    expect((await store.albums.index(id, 0)).shards).toEqual([])
  }
})

test('an album that is erased while a photo is being analysed leaves no faces of it', async () => {
  const id = await album(1)
  await refreshAlbum(id, process.deps)
  const { face } = process.deps
  const analyse: typeof face.analyse = async (...args) => {
    await eraseAlbum(id, process.deps)
    return face.analyse(...args)
  }
  const [task] = process.published
  await matchFile(task as Task, { attempt: 1 }, { ...process.deps, face: { ...face, analyse } })
  expect((await store.faces.latest([`${id}:p0`])).size).toBe(0)
})

test('an album that is erased while its folder is being listed is not indexed', async () => {
  const id = await album(1)
  const { organiser } = process.deps
  const listImages: typeof organiser.listImages = async (...args) => {
    await eraseAlbum(id, process.deps)
    return organiser.listImages(...args)
  }
  const before = await store.scans.running(0)
  await refreshAlbum(id, { ...process.deps, organiser: { ...organiser, listImages } })
  expect(process.published).toEqual([])
  expect(await store.scans.running(0)).toEqual(before)
})

test('an album that is erased while it is being indexed stays erased', async () => {
  const id = await album(8)
  await refreshAlbum(id, process.deps)
  const { scan_id = '' } = await stored(id)
  await process.work(2)
  await eraseAlbum(id, process.deps)
  await process.work()
  expect(await store.albums.get(id)).toBeUndefined()
  expect(await store.scans.get(scan_id)).toBeUndefined()
  expect((await store.faces.latest([...process.folder.keys()].map((file) => `${id}:${file}`))).size).toBe(0)
  await expect(eraseAlbum(id, process.deps)).rejects.toMatchObject({ code: 'album_not_found' })
})

test.each([
  ['in the past', -1],
  ['after more than 180 days', 181 * 24 * 3_600_000],
])('an end %s is refused', async (_when, later) => {
  const until = new Date(now + later).toISOString()
  await expect(createAlbum({ ...request, until }, process.deps)).rejects.toMatchObject({
    code: 'invalid_request',
  })
})

test('the folder of a closed album is not listed with the others until it is opened again', async () => {
  const id = await album(1)
  await patchAlbum(id, { closed: true }, process.deps)
  await refreshAlbums(process.deps)
  expect((await stored(id)).last_listed_at).toBeUndefined()
  await patchAlbum(id, { closed: false }, process.deps)
  await refreshAlbums(process.deps)
  expect((await stored(id)).last_listed_at).toBe(now)
})
