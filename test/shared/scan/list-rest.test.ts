import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppError } from '../../../shared/contract/app-error.ts'
import type { ListTask, QueuedTask, Task } from '../../../shared/contract/task.ts'
import type { Drive, DriveFile } from '../../../shared/drive/port.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { localQueue } from '../../../shared/queue/sqlite/queue.ts'
import { RUN_LIMIT, STALLED_AFTER } from '../../../shared/scan/lifetime.ts'
import { listRest } from '../../../shared/scan/list-rest.ts'
import { type MatchDeps, matchFile } from '../../../shared/scan/match-file.ts'
import { scanStatus } from '../../../shared/scan/read.ts'
import { reconcile } from '../../../shared/scan/reconcile.ts'
import { tokenCipher } from '../../../shared/scan/secrets/token-cipher.ts'
import { type StartDeps, startScan } from '../../../shared/scan/start.ts'
import { giveUp, workOn } from '../../../shared/scan/work.ts'
import type { ScanStore } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { admitsAll, allEvents, ended, idleQueue, newProcess } from './scan-fixture.ts'

const WINDOW = 8
const FIRST = { attempt: 1 }
let now = Date.now()
const dir = await temporaryDir()
const db = openDatabase(join(dir, 'shared'))
const store = sqliteStore(db, { now: () => now })
afterAll(() => store.close())
beforeEach(async () => {
  await store.faces.purge()
  await store.indexes.purge()
})

const box = { x: 1, y: 2, width: 30, height: 40 }
const someone = { box, score: 1, landmarks: new Float32Array(136), descriptor: new Float32Array(128) }
/** Finds one face in whatever it is given. */
const face: FaceEngine = {
  id: 'engine',
  ready: async () => {},
  analyse: async () => ({ width: 400, height: 300, faces: [someone] }),
  close: async () => {},
}

const photos = (count: number): DriveFile[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `f${index}`,
    name: `${index}.jpg`,
    mime_type: 'image/jpeg',
    md5: 'm',
  }))

/** Drive, where POST /scan finds the first photos in time, and the task all of them or `failure`. */
function slowDrive(files: DriveFile[], inTime: number, failure?: AppError): Drive {
  let listings = 0
  return {
    ...newProcess().drive,
    parseLink: () => ({ id: 'folder' }),
    checkAccess: async () => {},
    download: async () => new Uint8Array(),
    async listImages(_folder, _token, { found, maxFiles, signal }) {
      const isFirst = ++listings === 1
      if (!isFirst && failure) throw failure
      for (const file of isFirst ? files.slice(0, inTime) : files.slice(0, maxFiles + 1)) found?.(file)
      if (files.length > maxFiles) throw new AppError('too_many_files', 'There are too many.')
      if (!isFirst) return files.toReversed()
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    },
  }
}

function depsFor(drive: Drive, published: QueuedTask[], own = store): MatchDeps & StartDeps {
  const cipher = tokenCipher(randomBytes(32).toString('base64'))
  const queue = idleQueue(published)
  const limits = { ...admitsAll(), maxBacklog: 1e6, maxFiles: 20_000, window: WINDOW }
  return { ...newProcess(() => now), store: own, queue, drive, face, cipher, ...limits }
}

const request = {
  drive_link: 'link',
  target_face: 'AAAA',
  access_token: 'token',
  recursive: true,
  suggestions: false,
}
const start = (deps: StartDeps) => startScan(request, deps, undefined, { maxListingTime: 0 })

/**
 * Works on what is published, one after the other, the listing after `before` files. The folder is listed by another
 * process than the files, so that what a process remembers of the scan is old. Returns how many files there were.
 */
async function workThrough(published: QueuedTask[], deps: MatchDeps, before = 0): Promise<number> {
  const isListing = (task: QueuedTask) => 'list' in task
  const lister = { ...deps, recent: newProcess(() => now).recent }
  let files = 0
  for (;;) {
    const file = published.findIndex((task) => !isListing(task))
    const due = file < 0 || files >= before ? published.findIndex(isListing) : -1
    const [task] = published.splice(due < 0 ? file : due, 1)
    if (!task) return files
    await workOn(task, FIRST, isListing(task) ? lister : deps)
    if (!isListing(task)) files++
  }
}

async function expectWhole(scanId: string, total: number): Promise<void> {
  const events = await allEvents(store, scanId)
  const files = events.filter((event) => event.type === 'match')
  expect(new Set(files.map(({ file_id }) => file_id)).size).toBe(total)
  expect(files).toHaveLength(total)
  expect(events.at(-1)?.type).toBe('completed')
  expect(await scanStatus(scanId, store.scans)).toMatchObject({ status: 'completed', remaining: 0 })
}

describe('a folder that takes long to list', () => {
  const TOTAL = 345

  // From the first file on, and when all that were known are done.
  test.each([1, 100, 237].flatMap((inTime) => [0, 92, 100, 199, 200].map((before) => ({ inTime, before }))))(
    '$inTime in time, the others when $before are done: each once',
    async ({ inTime, before }) => {
      const published: QueuedTask[] = []
      const deps = depsFor(slowDrive(photos(TOTAL), inTime), published)
      const { scan_id, total_files } = await start(deps)
      expect(total_files).toBe(inTime)
      expect(await scanStatus(scan_id, store.scans)).toMatchObject({ status: 'running', remaining: inTime })
      expect(published.length).toBeLessThanOrEqual(WINDOW + 1)
      // As many as there are files: no token is lost and none is there twice.
      expect(await workThrough(published, deps, before)).toBe(TOTAL)
      await expectWhole(scan_id, TOTAL)
      const events = await allEvents(store, scan_id)
      expect(events[0]).toMatchObject({ type: 'started', total_files: inTime })
      expect(events.filter(({ type }) => type === 'listed')).toMatchObject([{ total_files: TOTAL }])
    },
  )

  test('whose photos are all known: each once, and nothing is analysed', async () => {
    const published: QueuedTask[] = []
    const all = photos(TOTAL)
    const first = depsFor(slowDrive(all, 250), published)
    await start(first)
    await workThrough(published, first)
    const again = depsFor(slowDrive(all, 250), published)
    const { scan_id } = await start(again)
    expect(await workThrough(published, again)).toBe(0)
    await expectWhole(scan_id, TOTAL)
  })

  test('is indexed whole, also where a file from before the listing is the last one', async () => {
    const published: QueuedTask[] = []
    const deps = depsFor(slowDrive(photos(250), 100), published)
    await start(deps)
    const [slow] = published.splice(1, 1) as [Task]
    const passedOn = Promise.withResolvers<void>()
    const publish = async (tasks: readonly QueuedTask[]) => {
      published.push(...tasks)
      passedOn.resolve()
    }
    const analyse = async () => {
      await passedOn.promise
      await workThrough(published, deps)
      return { width: 400, height: 300, faces: [someone] }
    }
    const holding = { ...deps, queue: { ...deps.queue, publish }, face: { ...face, analyse } }
    await matchFile(slow, FIRST, holding, { slowAfter: 0 })
    const shards = await store.indexes.shards('folder', 'engine')
    expect(shards.flatMap((shard) => shard.photos.fileIds)).toHaveLength(250)
  })

  test('never has fewer files than are done, also while its status is read', async () => {
    const published: QueuedTask[] = []
    const deps = depsFor(slowDrive(photos(TOTAL), 37), published)
    const { scan_id } = await start(deps)
    const countFiles = async (scanId: string) => {
      await workThrough(published, deps)
      return store.scans.countFiles(scanId)
    }
    expect(await scanStatus(scan_id, { ...store.scans, countFiles })).toMatchObject({ remaining: 0 })
  })

  test('that has no further photos', async () => {
    const published: QueuedTask[] = []
    const deps = depsFor(slowDrive(photos(200), 200), published)
    const { scan_id } = await start(deps)
    expect(await workThrough(published, deps, 200)).toBe(200)
    await expectWhole(scan_id, 200)
  })

  test('delivered by a queue, with the list task several times at once', async () => {
    const own = openDatabase(join(dir, 'queue'))
    const ownStore = sqliteStore(own)
    const queue = localQueue(own)
    const deps = { ...depsFor(slowDrive(photos(1_234), 540), [], ownStore), now: Date.now, queue }
    const { scan_id } = await start(deps)
    const scan = await ownStore.scans.get(scan_id)
    const task: ListTask = { scan_id, group: 5, list: true }
    expect(scan?.listing).toMatchObject({ recursive: true, max_files: 20_000 })
    expect(scan?.listing?.known).toHaveLength(40)
    const consumer = queue.consume(
      { task: (task, delivery) => workOn(task, delivery, deps), dead: (task) => giveUp(task, deps) },
      { concurrency: 4 },
    )
    await Promise.all([1, 1, 2].map((attempt) => listRest(task, { attempt }, deps)))
    expect((await ended(ownStore, scan_id)).type).toBe('completed')
    await consumer.stop()
    const events = await allEvents(ownStore, scan_id)
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(1_234 + 3)
    expect(events).toHaveLength(1_234 + 3)
    await ownStore.close()
  })
})

describe('a listing that goes wrong', () => {
  test.each<[keyof ScanStore, 'before' | 'after', number]>([
    ['group', 'after', 1],
    ['endListing', 'before', 1],
    ['endListing', 'after', 1],
    ['unclosedGroups', 'before', 1],
    ['unclosedGroups', 'after', 1],
    ['get', 'before', 2],
  ])('a crash at %s (%s): the next delivery completes it', async (step, when, call) => {
    const published: QueuedTask[] = []
    const deps = depsFor(slowDrive(photos(250), 137), published)
    const { scan_id } = await start(deps)
    const task = published.shift() as ListTask
    // All files that are known are done, so that nobody else brings the others.
    await workThroughKnown(published, deps)
    let calls = 0
    const original = store.scans[step] as (...args: unknown[]) => Promise<unknown>
    const crashing = async (...args: unknown[]) => {
      const crashes = ++calls === call
      if (crashes && when === 'before') throw new Error('crash')
      const result = await original(...args)
      if (crashes) throw new Error('crash')
      return result
    }
    const faulty = { ...deps, store: { ...store, scans: { ...store.scans, [step]: crashing } } }
    await expect(listRest(task, FIRST, faulty)).rejects.toThrow('crash')
    await listRest(task, { attempt: 2 }, deps)
    await workThrough(published, deps)
    await expectWhole(scan_id, 250)
  })

  test('a task that is lost is published again', async () => {
    const published: QueuedTask[] = []
    const deps = depsFor(slowDrive(photos(250), 137), published)
    const { scan_id } = await start(deps)
    published.shift()
    await workThroughKnown(published, deps)
    expect(await scanStatus(scan_id, store.scans)).toMatchObject({ status: 'running', remaining: 37 })
    now += STALLED_AFTER + 1
    await reconcile(deps)
    expect(published).toEqual([{ scan_id, group: 1, list: true }])
    await workThrough(published, deps)
    await expectWhole(scan_id, 250)
  })

  test('more photos than the limit: the scan has the first ones, and says so', async () => {
    const published: QueuedTask[] = []
    const drive = slowDrive(photos(500), 137)
    const deps = { ...depsFor(drive, published), maxFiles: 300 }
    // The first listing has not come to the limit.
    const listImages: Drive['listImages'] = (folder, token, options) =>
      drive.listImages(folder, token, { ...options, maxFiles: 1_000 })
    const { scan_id } = await start({ ...deps, drive: { ...drive, listImages } })
    await workThrough(published, deps)
    await expectWhole(scan_id, 300)
    const events = await allEvents(store, scan_id)
    const listed = events.find(({ type }) => type === 'listed')
    expect(listed).toMatchObject({ total_files: 300, code: 'too_many_files', error: 'There are too many.' })
  })

  test('a folder that is no longer shared: the scan has what was known', async () => {
    const published: QueuedTask[] = []
    const gone = new AppError('folder_not_found', 'The folder is gone.')
    const deps = depsFor(slowDrive(photos(500), 137, gone), published)
    const { scan_id } = await start(deps)
    await workThrough(published, deps)
    await expectWhole(scan_id, 137)
  })

  test('a token that has expired ends the scan', async () => {
    const published: QueuedTask[] = []
    const expired = new AppError('token_expired', 'The token has expired.')
    const deps = depsFor(slowDrive(photos(500), 137, expired), published)
    const { scan_id } = await start(deps)
    await workThrough(published, deps)
    expect((await allEvents(store, scan_id)).at(-1)?.type).toBe('token_expired')
  })

  test('a Drive that does not respond is asked again, and in the end given up', async () => {
    const published: QueuedTask[] = []
    const away = new AppError('drive_unavailable', 'Drive does not respond.')
    const deps = depsFor(slowDrive(photos(500), 237, away), published)
    const { scan_id } = await start(deps)
    const task = published.shift() as ListTask
    await expect(listRest(task, FIRST, deps)).rejects.toThrow('Drive does not respond')
    await giveUp(task, deps)
    await workThrough(published, deps)
    await expectWhole(scan_id, 237)
  })

  test('after six hours the scan ends without the rest', async () => {
    const published: QueuedTask[] = []
    const deps = depsFor(slowDrive(photos(500), 137), published)
    const { scan_id } = await start(deps)
    published.shift()
    await workThroughKnown(published, deps)
    now += RUN_LIMIT + 1
    await reconcile(deps)
    const events = await allEvents(store, scan_id)
    expect(events.filter(({ type }) => type === 'match')).toHaveLength(100)
    const timedOut = events.filter((event) => event.type === 'error' && event.code === 'scan_timed_out')
    expect(timedOut).toHaveLength(37)
    expect(events.at(-1)?.type).toBe('completed')
  })
})

/** Files alone; a listing that is published stays. */
async function workThroughKnown(published: QueuedTask[], deps: MatchDeps): Promise<void> {
  for (let task = published.shift(); task; task = published.shift()) await workOn(task, FIRST, deps)
}

test('a folder without photos in its first levels is listed until there is one', async () => {
  const [photo] = photos(1) as [DriveFile]
  const listing = Promise.withResolvers<DriveFile[]>()
  const drive: Drive = {
    ...slowDrive([], 0),
    async listImages(_folder, _token, { found }) {
      // Later than the time limit, which is a timer.
      setTimeout(() => found?.(photo), 1)
      return listing.promise
    },
  }
  const deps = depsFor(drive, [])
  expect((await start(deps)).total_files).toBe(1)
  const again = depsFor({ ...drive, listImages: async () => [] }, [])
  await expect(start(again)).rejects.toMatchObject({ code: 'no_images' })
})
