import { afterAll, beforeEach, expect, test } from '@jest/globals'
import { albumIndexes, filesOf } from '../../../shared/albums/album-index.ts'
import { createAlbum } from '../../../shared/albums/albums.ts'
import { changeIndex } from '../../../shared/albums/change-index.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { indexedPhoto } from '../store/samples.ts'
import { albumProcess } from './album-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

let albumId: string
beforeEach(async () => {
  albumId = (await createAlbum({ drive_link: 'folder', recursive: false }, albumProcess(store).deps)).album_id
})

function photo(id: string, faces = 1) {
  const { file_id: _id, md5, ...known } = indexedPhoto(id, faces)
  return {
    id,
    name: `${id}.jpg`,
    mime_type: 'image/jpeg',
    md5,
    engine_id: 'engine',
    faces: known.faces.length,
    known,
  }
}
/** Each process has its own memory of the index. */
const processOf = () => ({ store, albumIndexes: albumIndexes(store.albums) })
const shards = async () => {
  const { shards } = await processOf().albumIndexes.read(albumId, 0)
  return [...shards.values()].map(({ files }) => files.map(({ id }) => id))
}
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => photo(`p${from + index}`))

test('many processes that add photos at the same time lose none and have none twice', async () => {
  const parts = Array.from({ length: 12 }, (_, part) => numbered(part * 60, 90))
  await Promise.all(parts.map((put) => changeIndex(albumId, { put, remove: [] }, processOf())))
  const ids = (await shards()).flat()
  expect([ids.length, new Set(ids).size]).toEqual([750, 750])
  expect(await store.albums.get(albumId)).toMatchObject({ photos: 750, faces: 750, failed: 0 })
})

test('shards are filled up to 500 photos', async () => {
  const deps = processOf()
  for (let from = 0; from < 1_100; from += 55) {
    await changeIndex(albumId, { put: numbered(from, 55), remove: [] }, deps)
  }
  expect((await shards()).map(({ length }) => length)).toEqual([500, 500, 100])
})

test('what the index already has is no new version', async () => {
  const deps = processOf()
  await changeIndex(albumId, { put: numbered(0, 3), remove: [] }, deps)
  await changeIndex(albumId, { put: numbered(0, 3), remove: ['unknown'] }, deps)
  expect((await store.albums.get(albumId))?.version).toBe(1)
})

test('a photo that is put again moves, and one that is removed leaves its shard and the counts', async () => {
  const deps = processOf()
  await changeIndex(albumId, { put: numbered(0, 600), remove: [] }, deps)
  await changeIndex(albumId, { put: [{ ...photo('p3', 2), md5: 'changed' }], remove: [] }, deps)
  await changeIndex(albumId, { put: [], remove: ['p4', 'p599', 'p5'] }, deps)
  expect((await shards()).map(({ length }) => length)).toEqual([497, 100])
  expect(await store.albums.get(albumId)).toMatchObject({ photos: 597, faces: 598 })
  const index = await deps.albumIndexes.read(albumId, (await store.albums.get(albumId))?.version ?? 0)
  const moved = [...filesOf(index)].filter(({ file }) => file.id === 'p3')
  expect(moved.map(({ file, shard }) => [file.version > 1, shard.shard])).toEqual([[true, 1]])
})

test('an album that is gone takes nothing', async () => {
  await store.albums.erase(albumId)
  await changeIndex(albumId, { put: numbered(0, 3), remove: [] }, processOf())
  expect(await shards()).toEqual([])
})

test('photos of an album that has ended meanwhile are left to the sweep', async () => {
  const deps = processOf()
  await changeIndex(albumId, { put: numbered(0, 3), remove: [] }, deps)
  await store.albums.patch(albumId, { until: Date.now() - 1 })
  await changeIndex(albumId, { put: numbered(3, 1), remove: ['p1'] }, deps)
  expect((await shards()).flat()).toEqual(['p0', 'p1', 'p2'])
})

test('photos of more shards than one version may change are removed', async () => {
  const deps = processOf()
  for (let from = 0; from < 4_600; from += 500) {
    await changeIndex(albumId, { put: numbered(from, 500), remove: [] }, deps)
  }
  const before = await store.albums.get(albumId)
  const remove = (await shards()).map(([first = '']) => first)
  expect(remove).toHaveLength(10)
  await changeIndex(albumId, { put: [], remove }, deps)
  const after = await store.albums.get(albumId)
  expect([after?.photos, (after?.version ?? 0) - (before?.version ?? 0)]).toEqual([4_990, 2])
})
