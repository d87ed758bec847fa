import { afterAll, expect, test } from '@jest/globals'
import type { Task } from '../../../../shared/contract/task.ts'
import { bringFrom, recordFile } from '../../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../../shared/scan/end-scan.ts'
import { knownFiles } from '../../../../shared/scan/folder-index/known-faces.ts'
import { reconcile } from '../../../../shared/scan/reconcile.ts'
import type { KnownFaces } from '../../../../shared/store/faces-port.ts'
import type { ScanStore } from '../../../../shared/store/port.ts'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { allEvents, idleQueue, newProcess, noMatch, storedScan } from '../scan-fixture.ts'

const HOUR = 3_600_000
const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

/** The person at 0.5 on the first axis, with variations on axes of their own, and each other person on another axis. */
function descriptor(point: Record<number, number>): Float32Array {
  const numbers = new Float32Array(320)
  for (const [axis, value] of Object.entries(point)) numbers[Number(axis)] = value
  return numbers
}
const SELFIE = descriptor({ 0: 0.5, 200: 0.35 })

/** A sure match, 4 photos that only the second look finds, and 120 of 30 other people. */
const ALBUM = [
  descriptor({ 0: 0.5 }),
  ...[301, 302, 303, 304].map((axis) => descriptor({ 0: 0.5, [axis]: 0.45 })),
  ...Array.from({ length: 120 }, (_, i) => descriptor({ [(i % 30) + 1]: 0.5 })),
]
const SUGGESTED = [1, 2, 3, 4].map((file) => `suggestion:${file}`)

let folders = 0

/** A scan of the album, whose faces are in the cache. */
async function scanOf({ suggestions = true, cached = true, scans = store.scans } = {}) {
  const folder = `folder-${folders++}`
  const engine_id = `engine-${folder}`
  const files = ALBUM.map((_, i) => ({
    id: `${folder}-${i}`,
    name: `${i}.jpg`,
    mime_type: 'image/jpeg',
    md5: 'm',
    resource_key: `key-${i}`,
  }))
  for (const [i, face] of cached ? ALBUM.entries() : []) {
    const faces: KnownFaces['faces'] = [
      { box: { x: i, y: 0, width: 40, height: 50 }, score: 1, descriptor: face },
    ]
    const key = { file_id: `${folder}-${i}`, md5: 'm', engine_id }
    const entry = { width: 640, height: 480, faces, folder_id: folder, thumbnail: undefined }
    await store.faces.put({ ...key, ...entry, expire_at: Date.now() + HOUR })
  }
  const scan = await storedScan(store, files, {
    folder: { id: folder },
    targets: SELFIE,
    suggestions,
    engine_id,
    window: 1_000,
  })
  const published: Task[] = []
  const deps: AdvanceDeps = {
    store: { ...store, scans },
    queue: idleQueue(published),
    ...newProcess(),
  }
  const record = async (task: Task) => {
    const known = await knownFiles({ ...deps, store }).events(scan, [task])
    await recordFile(scan, task, known.get(task.file_id) ?? noMatch(task), deps, { again: false })
  }
  const ids = async () =>
    (await allEvents(store, scan.scan_id)).map(({ event_id }) => event_id.replace(`${folder}-`, ''))
  return { scan, deps, published, record, ids }
}

/** Records every file as a worker does. */
async function run({ scan, deps, published, record }: Awaited<ReturnType<typeof scanOf>>) {
  await bringFrom(scan, 0, deps, { recorded: 'none' })
  for (const task of published) await record(task)
}

test('what the second look suggests is appended when all files are in, before the end', async () => {
  const scanned = await scanOf()
  await run(scanned)
  const ids = await scanned.ids()
  expect(ids.slice(-5)).toEqual([...SUGGESTED, 'end'])
  expect(ids.length).toBe(ALBUM.length + 1 + 5)
  const [event] = (await store.scans.events(scanned.scan.scan_id, { types: ['suggestion'], limit: 1 })) ?? []
  const file_id = scanned.published[1]?.file_id
  expect(event).toMatchObject({
    type: 'suggestion',
    file_id,
    file_name: '1.jpg',
    download_url: `https://drive.test/${file_id}?key=key-1`,
    distance: expect.closeTo(0.57, 3),
    certainty: 'possible',
    box: { x: 1, y: 0, width: 40, height: 50 },
    image: { width: 640, height: 480 },
  })
})

test('a scan of known files has suggestions as well', async () => {
  const scanned = await scanOf()
  const lookUp = { knownFiles: knownFiles(scanned.deps), until: Infinity }
  await bringFrom(scanned.scan, 0, scanned.deps, { lookUp, recorded: 'none' })
  expect((await scanned.ids()).slice(-5)).toEqual([...SUGGESTED, 'end'])
})

test('there are none where they are not wanted, nor where no faces are cached', async () => {
  for (const scanned of [await scanOf({ suggestions: false }), await scanOf({ cached: false })]) {
    await run(scanned)
    const ids = await scanned.ids()
    expect(ids.length).toBe(ALBUM.length + 2)
    expect(ids.at(-1)).toBe('end')
  }
})

test('a second look that fails does not keep the scan from its end', async () => {
  const scanned = await scanOf()
  const failing = { ...store.faces, get: () => Promise.reject(new Error('the store is away')) }
  scanned.deps.store = { ...scanned.deps.store, faces: failing }
  await run(scanned)
  expect((await scanned.ids()).at(-1)).toBe('end')
})

test('a crash between the suggestions and the end is repaired, and every suggestion is there once', async () => {
  let broken = true
  const scans: ScanStore = {
    ...store.scans,
    async appendSuggestions(scanId, events) {
      await store.scans.appendSuggestions(scanId, broken ? events.slice(0, 2) : events)
    },
    async end(...args) {
      if (broken) throw new Error('crash')
      return store.scans.end(...args)
    },
  }
  const scanned = await scanOf({ scans })
  await expect(run(scanned)).rejects.toThrow('crash')
  expect((await scanned.ids()).slice(-2)).toEqual(SUGGESTED.slice(0, 2))
  broken = false
  await reconcile(scanned.deps, { stalledAfter: -1 })
  expect((await scanned.ids()).slice(-5)).toEqual([...SUGGESTED, 'end'])
})

test('workers that see the last file at the same time append each suggestion once', async () => {
  const scanned = await scanOf()
  let recorded = 0
  await bringFrom(scanned.scan, 0, scanned.deps, { recorded: 'none' })
  while (scanned.published.length < ALBUM.length) await scanned.record(scanned.published[recorded++] as Task)
  for (const task of scanned.published.slice(recorded, -1)) await scanned.record(task)
  const last = scanned.published.at(-1) as Task
  await Promise.all(Array.from({ length: 5 }, () => scanned.record(last)))
  const ids = await scanned.ids()
  expect(ids.length).toBe(ALBUM.length + 1 + 5)
  expect(new Set(ids).size).toBe(ids.length)
})
