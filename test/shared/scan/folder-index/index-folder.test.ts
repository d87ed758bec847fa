import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Task } from '../../../../shared/contract/task.ts'
import { bringFrom, recordFile } from '../../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../../shared/scan/end-scan.ts'
import { folderIndex } from '../../../../shared/scan/folder-index/folder-index.ts'
import { knownFiles } from '../../../../shared/scan/folder-index/known-faces.ts'
import { purgeFaces } from '../../../../shared/scan/folder-index/purge-faces.ts'
import type { FaceKey } from '../../../../shared/store/faces-port.ts'
import type { Store } from '../../../../shared/store/port.ts'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { allEvents, idleQueue, newProcess, noMatch, storedScan } from '../scan-fixture.ts'

const HOUR = 3_600_000
let now = Date.now()
const store = sqliteStore(openDatabase(await temporaryDir()), { now: () => now })
afterAll(() => store.close())
beforeEach(async () => {
  await store.indexes.purge()
  await store.faces.purge()
})

const ENGINE = 'engine'
const shards = () => store.indexes.shards('folder', ENGINE)
const indexedFiles = async () => (await shards()).flatMap(({ photos }) => photos.fileIds)
const filesOf = (first: number, end: number, md5 = 'm') =>
  Array.from({ length: end - first }, (_, index) => ({
    id: `f${first + index}`,
    name: `${first + index}.jpg`,
    mime_type: 'image/jpeg',
    md5,
  }))

/** Every second file shows somebody who is far from the target, every hundredth the target. */
async function cacheFaces(files: ReturnType<typeof filesOf>, expireAt = now + HOUR): Promise<void> {
  for (const { id, md5 } of files) {
    const number = Number(id.slice(1))
    const faces = [
      {
        box: { x: 1, y: 2, width: 30, height: 40 },
        score: 1,
        descriptor: new Float32Array(128).fill(number % 100 === 0 ? 0 : 0.5),
      },
    ]
    await store.faces.put({
      ...{ file_id: id, md5, engine_id: ENGINE, folder_id: 'folder', width: 400, height: 300 },
      faces: number % 2 === 0 ? faces : [],
      thumbnail: undefined,
      expire_at: expireAt,
    })
  }
}

/** What a store is asked, by the name of the call. */
function counting(counted: Store) {
  const read = { files: 0, indexes: 0 }
  const faces = {
    ...counted.faces,
    get(keys: FaceKey[]) {
      read.files += keys.length
      return counted.faces.get(keys)
    },
  }
  const indexes = {
    ...counted.indexes,
    shards(folderId: string, engineId: string) {
      read.indexes += 1
      return counted.indexes.shards(folderId, engineId)
    },
  }
  return { read, store: { ...counted, faces, indexes } }
}

/** Runs a scan of these files in a process of its own; what it does not know is analysed. */
async function scan(files: ReturnType<typeof filesOf>, { overrides = {} as Partial<AdvanceDeps> } = {}) {
  const counted = counting(store)
  const published: Task[] = []
  const deps: AdvanceDeps = {
    ...newProcess(() => now),
    store: counted.store,
    queue: idleQueue(published),
    ...overrides,
  }
  const scanned = await storedScan(store, files, { window: 1_000, created_at: now, engine_id: ENGINE })
  const lookUp = { knownFiles: knownFiles(deps), until: Infinity }
  await bringFrom(scanned, 0, deps, { lookUp, recorded: 'none' })
  for (const task of published) {
    await cacheFaces([{ ...task, id: task.file_id, name: task.file_name, md5: task.md5 ?? '' }])
    await recordFile(scanned, task, noMatch(task), deps, { lookUp, again: false })
  }
  const analysed = published.map(({ file_id }) => file_id)
  const events = await allEvents(store, scanned.scan_id)
  await store.scans.erase(scanned.scan_id)
  return { events, analysed, read: counted.read }
}

describe('the index of a folder', () => {
  test('is made when a scan ends, and the next scan reads no file', async () => {
    const files = filesOf(0, 1_250)
    const first = await scan(files)
    expect(first.analysed).toHaveLength(1_250)
    expect((await indexedFiles()).toSorted()).toEqual(files.map(({ id }) => id).toSorted())
    expect((await shards()).map(({ photos }) => photos.fileIds.length).toSorted()).toEqual([250, 500, 500])

    const second = await scan(files)
    expect(second.analysed).toEqual([])
    expect(second.read).toEqual({ files: 0, indexes: 1 })
    expect(second.events).toHaveLength(1_252)
    const matches = second.events.filter(({ type }) => type === 'match')
    expect(matches).toHaveLength(13)
    expect(matches[0]).toMatchObject({
      file_id: 'f0',
      distance: 0,
      box: { x: 1, y: 2, width: 30, height: 40 },
    })
    const statuses = second.events.flatMap((event) => ('status' in event ? event.status : []))
    expect(statuses.filter((status) => status === 'no_face_found')).toHaveLength(625)
  })

  test('gets what is new in the folder or has changed, and the next scan reads only that', async () => {
    await scan(filesOf(0, 300))
    const changed = filesOf(20, 21, 'changed')
    const files = [...filesOf(0, 20), ...changed, ...filesOf(21, 320)]
    const second = await scan(files)
    expect(second.analysed).toEqual(['f20', ...filesOf(300, 320).map(({ id }) => id)])
    const third = await scan(files)
    expect(third.analysed).toEqual([])
    expect(third.read).toEqual({ files: 0, indexes: 1 })
  })

  test('is without what is no longer cached, nor known for longer than the faces are', async () => {
    await cacheFaces(filesOf(0, 10), now + HOUR)
    await cacheFaces(filesOf(10, 20), now + 2 * HOUR)
    await scan(filesOf(0, 20))
    expect((await shards()).map(({ expire_at }) => expire_at)).toEqual([now + HOUR])
    now += HOUR
    const later = await scan(filesOf(0, 20))
    expect(later.analysed).toHaveLength(10)
    const indexed = await indexedFiles()
    expect(indexed.toSorted()).toEqual(
      filesOf(0, 20)
        .map(({ id }) => id)
        .toSorted(),
    )
  })

  test('that scans made at the same time has no file twice after the next one', async () => {
    const files = filesOf(0, 620)
    await cacheFaces(files)
    await Promise.all([scan(files), scan(files), scan(files)])
    await scan(files)
    expect((await indexedFiles()).toSorted()).toEqual(files.map(({ id }) => id).toSorted())
  })

  test('loses no file where two scans clean up after shards that overlap', async () => {
    const photo = ({ id, md5 }: { id: string; md5: string }) => ({
      ...{ file_id: id, md5, width: 1, height: 1 },
      faces: [],
    })
    for (const [first, end] of [
      [0, 5],
      [3, 8],
      [0, 8],
      [7, 12],
      [0, 4],
      [2, 12],
    ] as const) {
      const photos = filesOf(first, end).map(photo)
      await store.indexes.add({
        folder_id: 'folder',
        engine_id: ENGINE,
        photos,
        expire_at: now + HOUR + first,
      })
    }
    await Promise.all([scan(filesOf(0, 12)), scan(filesOf(0, 12))])
    expect(new Set(await indexedFiles())).toEqual(new Set(filesOf(0, 12).map(({ id }) => id)))
    expect((await shards()).length).toBeLessThan(6)
  })

  test('is read again by a process that has it, for a scan that begins or ends more than a moment later', async () => {
    const counted = counting(store)
    const deps = { ...newProcess(() => now), store: counted.store }
    const scanned = { folder: { id: 'folder' }, engine_id: ENGINE }
    const read = async (fresh: boolean) => {
      const index = await folderIndex(scanned, deps, { fresh })
      return index.get({ id: 'f0', md5: 'm' }) !== undefined
    }
    expect(await read(true)).toBe(false)
    await scan(filesOf(0, 10))
    expect(await read(false)).toBe(false)
    now += 5_000
    expect(await read(false)).toBe(false)
    expect(await read(true)).toBe(true)
    expect(counted.read.indexes).toBe(2)
    now += 31_000
    expect(await read(false)).toBe(true)
    expect(counted.read.indexes).toBe(3)
  })

  test('is neither made nor read where faces are not cached', async () => {
    await scan(filesOf(0, 10))
    const off = await scan(filesOf(0, 10), { overrides: { keepFacesFor: 0 } })
    expect(off.analysed).toHaveLength(10)
    expect(off.read).toEqual({ files: 0, indexes: 0 })
  })

  test('is purged with the faces, also where a scan ends meanwhile', async () => {
    const files = filesOf(0, 10)
    await scan(files)
    const faces = {
      ...store.faces,
      async purge(folderId?: string) {
        await scan(files)
        return store.faces.purge(folderId)
      },
    }
    expect(await purgeFaces({ ...store, faces }, 'folder')).toBe(10)
    expect(await shards()).toEqual([])
  })

  test('that cannot be stored does not keep a scan from its end', async () => {
    const away = () => Promise.reject(new Error('the store is away'))
    const indexes = { ...store.indexes, add: away }
    const { events } = await scan(filesOf(0, 10), { overrides: { store: { ...store, indexes } } })
    expect(events.at(-1)?.type).toBe('completed')
    expect(await shards()).toEqual([])
    expect((await scan(filesOf(0, 10))).analysed).toEqual([])
  })
})
