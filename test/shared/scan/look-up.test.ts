import { afterAll, beforeEach, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import { bringFrom } from '../../../shared/scan/advance.ts'
import { knownFiles } from '../../../shared/scan/folder-index/known-faces.ts'
import { type MatchDeps, matchFile } from '../../../shared/scan/match-file.ts'
import type { FaceKey } from '../../../shared/store/faces-port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { idleQueue, newProcess, storedScan } from './scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())
beforeEach(async () => {
  await store.faces.purge()
})

const FILE = { id: 'file', name: 'a.jpg', mime_type: 'image/jpeg', md5: 'm' }
const ENGINE = 'engine'
/** Keeps the scan from its end. */
const OTHER = { ...FILE, id: 'other' }
let folders = 0

/** A scan whose first file is out, and its worker, whose engine is a mock. */
async function brought({ folder = `folder-${folders++}`, looked = true } = {}) {
  const calls = { lookUps: 0, analyses: 0 }
  const published: Task[] = []
  const faces = {
    ...store.faces,
    get(keys: FaceKey[]) {
      calls.lookUps += keys.length
      return store.faces.get(keys)
    },
  }
  const deps = {
    ...newProcess(),
    store: { ...store, faces },
    queue: idleQueue(published),
    drive: { downloadUrl: () => 'https://drive.test/', download: async () => new Uint8Array() },
    cipher: { decrypt: () => 'token' },
    face: {
      id: ENGINE,
      async analyse() {
        calls.analyses++
        return { width: 1, height: 1, faces: [] }
      },
    },
  } as unknown as MatchDeps
  const scan = await storedScan(store, [FILE, OTHER], { folder: { id: folder }, engine_id: ENGINE })
  const lookUp = looked ? { knownFiles: knownFiles(deps), until: Infinity } : undefined
  await bringFrom(scan, 0, deps, { lookUp, recorded: 'none' })
  calls.lookUps = 0
  const work = (attempt: number) => matchFile(published[0] as Task, { attempt }, deps)
  return { calls, work, folder }
}

/** What another scan has found in the file meanwhile. */
const cacheFaces = (folder: string) =>
  store.faces.put({
    ...{ file_id: FILE.id, md5: FILE.md5, engine_id: ENGINE, folder_id: folder },
    ...{ width: 1, height: 1, faces: [], thumbnail: undefined, expire_at: Date.now() + 3_600_000 },
  })

test('a file is not looked up once more by its worker, where its group has been and nobody else searches the folder', async () => {
  const other = await brought()
  const { calls, work } = await brought()
  await work(1)
  expect(calls).toEqual({ lookUps: 0, analyses: 1 })
  expect(other.calls.analyses).toBe(0)
})

test('a file is looked up where another scan of the folder runs', async () => {
  const first = await brought()
  const { calls, work } = await brought({ folder: first.folder })
  await cacheFaces(first.folder)
  await work(1)
  expect(calls).toEqual({ lookUps: 1, analyses: 0 })
})

test('a file is looked up where there was no time for its group', async () => {
  const { calls, work, folder } = await brought({ looked: false })
  await cacheFaces(folder)
  await work(1)
  expect(calls).toEqual({ lookUps: 1, analyses: 0 })
})

test('a file is looked up in a redelivery, before which its faces may have been stored', async () => {
  const { calls, work, folder } = await brought()
  await cacheFaces(folder)
  await work(2)
  expect(calls).toEqual({ lookUps: 1, analyses: 0 })
})
