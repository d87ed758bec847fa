import { randomBytes } from 'node:crypto'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { AppError } from '../../../shared/contract/app-error.ts'
import { ScanEvent } from '../../../shared/contract/events.ts'
import type { Task } from '../../../shared/contract/task.ts'
import { directoryDrive } from '../../../shared/drive/directory/drive.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { openFace } from '../../../shared/platform/wiring/adapters.ts'
import type { TaskQueue } from '../../../shared/queue/port.ts'
import { type MatchDeps, matchFile } from '../../../shared/scan/match-file.ts'
import { stopScan } from '../../../shared/scan/read.ts'
import { recently } from '../../../shared/scan/recent.ts'
import { tokenCipher } from '../../../shared/scan/secrets/token-cipher.ts'
import { startScan } from '../../../shared/scan/start.ts'
import type { ScanStore } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { base64Of } from '../../end-to-end/api.ts'
import { sample, temporaryDataDir } from '../../sample.ts'
import { signature } from '../../signature.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { admitsAll, allEvents, idleQueue, silent, withoutAlbums } from './scan-fixture.ts'

const FIRST = { attempt: 1 }
const AGAIN = { attempt: 2 }

const dir = await temporaryDataDir()
const root = await temporaryDir()
const { selfie } = await sample()
await copyFile(selfie, join(root, 'me.jpg'))
await writeFile(join(root, 'broken.jpg'), 'not a jpeg')
const target_face = await base64Of(selfie)

const store = sqliteStore(openDatabase(dir))
const face = await openFace(parseConfig({ MATCH_CONCURRENCY: '1', DATA_DIR: dir }))
const drive = directoryDrive({ root, base: { apiBaseUrl: 'http://localhost/api/v1' }, signature })
const cipher = tokenCipher(randomBytes(32).toString('base64'))
afterAll(async () => {
  await face.close()
  await store.close()
})

async function started(
  {
    maxBacklog = 1_000,
    suggestions = false,
    ...overrides
  }: Partial<MatchDeps & { queue: TaskQueue; maxBacklog: number; suggestions: boolean }> = {},
  signal?: AbortSignal,
) {
  const published: Task[] = []
  const deps: MatchDeps & { queue: TaskQueue } = {
    store,
    queue: idleQueue(published),
    drive,
    ...withoutAlbums,
    face,
    cipher,
    log: silent,
    recent: recently(overrides.now),
    now: Date.now,
    matchDistance: 0.45,
    keepFacesFor: 0,
    ...overrides,
  }
  const flags = { recursive: false, suggestions }
  const request = { drive_link: 'local:/', target_face, access_token: 'token', ...flags }
  const { scan_id } = await startScan(
    request,
    { ...deps, ...admitsAll(), maxFiles: 100, maxBacklog, window: 100 },
    signal,
  )
  const task = (name: string) => published.find(({ file_name }) => file_name === name) as Task
  return { scan_id, deps, published, me: task('me.jpg'), broken: task('broken.jpg') }
}

describe('a scan whose client disconnects', () => {
  test.each(['during the listing', 'during the first publication'])('%s is erased', async (when) => {
    const client = new AbortController()
    const disconnect = <T>(value: T): T => {
      client.abort()
      return value
    }
    const listImages: typeof drive.listImages = (...args) =>
      when === 'during the listing' ? drive.listImages(...disconnect(args)) : drive.listImages(...args)
    const queue = idleQueue()
    const publish: typeof queue.publish = async (tasks) => queue.publish(disconnect(tasks))
    const running = () => store.scans.stalled(Date.now() + 60_000)
    const before = await running()
    const starting = started({ drive: { ...drive, listImages }, queue: { ...queue, publish } }, client.signal)
    await expect(starting).rejects.toThrow('The client disconnected')
    expect(await running()).toEqual(before)
  })
})

describe('a scan while many files wait', () => {
  test('starts up to the limit, and is refused above it', async () => {
    const waiting = async () => {
      const running = await store.scans.running(0)
      const left = running.map(
        async (scan) => scan.total_files - (await store.scans.countFiles(scan.scan_id)),
      )
      return (await Promise.all(left)).reduce((sum, files) => sum + files, 0)
    }
    await started()
    const { deps, me } = await started({ maxBacklog: await waiting() })
    const maxBacklog = (await waiting()) - 1
    await expect(started({ maxBacklog })).rejects.toMatchObject({ code: 'busy' })
    await matchFile(me, FIRST, deps)
    await started({ maxBacklog })
  })
})

test('a scan looks no second time into a face cache that is turned off, whatever it still has', async () => {
  for (const keepFacesFor of [3_600_000, 0]) {
    const { scan_id } = await started({ suggestions: true, keepFacesFor })
    expect((await store.scans.get(scan_id))?.suggestions).toBe(keepFacesFor > 0)
  }
})

describe('one file of a scan', () => {
  test('delivered eight times at once ends as one event', async () => {
    const { scan_id, deps, me, broken } = await started()
    await Promise.all(Array.from({ length: 8 }, () => matchFile(me, FIRST, deps)))
    expect((await allEvents(store, scan_id)).map((event) => event.event_id)).toEqual([
      'started',
      `file:${me.file_id}`,
    ])
    await matchFile(broken, FIRST, deps)
    const events = await allEvents(store, scan_id)
    expect(events.map((event) => event.type)).toEqual(['started', 'match', 'error', 'completed'])
    expect(events[1]).toMatchObject({ distance: expect.any(Number), box: { width: expect.any(Number) } })
    expect(events[2]).toMatchObject({ code: 'not_an_image', error: expect.stringMatching(/\w+/) })
  })

  test('is not downloaded again once it has its event', async () => {
    let downloads = 0
    const counting = {
      ...drive,
      download(...args: Parameters<typeof drive.download>) {
        downloads++
        return drive.download(...args)
      },
    }
    const { deps, me } = await started({ drive: counting })
    await matchFile(me, FIRST, deps)
    await matchFile(me, AGAIN, deps)
    expect(downloads).toBe(1)
  })

  test('is not downloaded when its faces are cached', async () => {
    // A stopped clock: however slow the machine, the lookup stays within its time limit and no cached face expires.
    const at = Date.now()
    const keeping = { keepFacesFor: 3_600_000, now: () => at }
    const first = await started(keeping)
    await matchFile(first.me, FIRST, first.deps)
    const second = await started(keeping)
    // The file is known when its group opens, so it becomes no task.
    expect(second.published.map((task) => task.file_name)).toEqual(['broken.jpg'])
    const [mine] = (await allEvents(store, first.scan_id)).filter((event) => event.type === 'match')
    const [same] = (await allEvents(store, second.scan_id)).filter((event) => event.type === 'match')
    expect(same).toEqual({
      ...mine,
      scan_id: second.scan_id,
      at: same?.at,
      distance: expect.closeTo(mine?.distance ?? NaN, 3),
    })
    await store.faces.purge()
    const third = await started(keeping)
    expect(third.published).toHaveLength(2)
  })

  test('is known where another process has indexed the folder since this one read the index', async () => {
    let at = Date.now()
    const keeping = { keepFacesFor: 3_600_000, now: () => at }
    const first = await started(keeping)
    const { file_id, md5 = '' } = first.me
    const scan = await store.scans.get(first.scan_id)
    const photos = [{ file_id, md5, width: 1, height: 1, faces: [] }]
    const folder_id = scan?.folder.id ?? ''
    await store.indexes.add({ folder_id, engine_id: face.id, photos, expire_at: at + 3_600_000 })
    at += 5_000
    const second = await started({ ...keeping, recent: first.deps.recent })
    expect(second.published.map(({ file_name }) => file_name)).toEqual(['broken.jpg'])
    await store.indexes.purge()
  })

  test('that cannot be read has the reason of the decoder in the log', async () => {
    const lines: string[] = []
    const log = createLog('warn', { write: (line) => lines.push(line) })
    const { deps, broken } = await started({ log })
    await matchFile(broken, FIRST, deps)
    const line = lines.find((text) => text.includes(broken.file_id))
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      code: 'not_an_image',
      err: { message: expect.stringContaining('unsupported image format') },
    })
  })

  test('is told to be damaged, also from the face cache', async () => {
    const damaging = {
      ...face,
      analyse: async (...args: Parameters<typeof face.analyse>) => ({
        ...(await face.analyse(...args)),
        damaged: true,
      }),
    }
    const keeping = { keepFacesFor: 3_600_000, face: damaging }
    await store.faces.purge()
    for (const origin of ['analysed', 'cached']) {
      const { scan_id, deps, me } = await started(keeping)
      if (origin === 'analysed') await matchFile(me, FIRST, deps)
      const [match] = (await allEvents(store, scan_id)).filter((event) => event.type === 'match')
      expect(ScanEvent.parse(match)).toMatchObject({ file_name: 'me.jpg', damaged: true })
    }
    await store.faces.purge()
  })

  test('is an error when another engine described the selfie, and is not downloaded for that', async () => {
    const { scan_id, deps, me } = await started()
    const download = () => Promise.reject(new Error('downloaded'))
    await matchFile(me, FIRST, { ...deps, drive: { ...drive, download }, face: { ...face, id: 'another' } })
    const events = await allEvents(store, scan_id)
    expect(events[1]).toMatchObject({ type: 'error', code: 'worker_failed', file_name: 'me.jpg' })
  })

  test('that an earlier version has cached is an error too, since its form may have been another', async () => {
    const caching = { keepFacesFor: 60_000 }
    const before = await started(caching)
    await matchFile(before.me, FIRST, before.deps)
    // With suggestions no file is looked up at the start.
    const { scan_id, deps, me } = await started({ ...caching, suggestions: true })
    await matchFile(me, FIRST, { ...deps, recent: recently(), face: { ...face, id: 'another' } })
    const events = await allEvents(store, scan_id)
    expect(events[1]).toMatchObject({ type: 'error', code: 'worker_failed', file_name: 'me.jpg' })
    await store.faces.purge()
  })

  test('whose token Google refuses ends the scan, and the remaining files get no event', async () => {
    const refusing = { ...drive, download: () => Promise.reject(new AppError('token_expired', 'expired')) }
    const { scan_id, deps, me, broken } = await started({ drive: refusing })
    await matchFile(me, FIRST, deps)
    await matchFile(broken, FIRST, deps)
    expect((await allEvents(store, scan_id)).map((event) => event.type)).toEqual(['started', 'token_expired'])
    const scan = await store.scans.get(scan_id)
    expect([scan?.access_token, scan?.targets]).toEqual([undefined, undefined])
  })

  test('whose token can no longer be decrypted ends the scan too', async () => {
    const { scan_id, deps, me } = await started()
    await matchFile(me, FIRST, { ...deps, cipher: tokenCipher(randomBytes(32).toString('base64')) })
    expect((await allEvents(store, scan_id)).map((event) => event.type)).toEqual(['started', 'token_expired'])
  })

  test('is retried by redelivery when the store fails', async () => {
    const { scan_id, deps, me } = await started()
    const failing = { ...store.scans, append: () => Promise.reject(new Error('disk full')) }
    await expect(matchFile(me, FIRST, { ...deps, store: { ...store, scans: failing } })).rejects.toThrow(
      'disk full',
    )
    await matchFile(me, FIRST, deps)
    expect((await allEvents(store, scan_id)).map((event) => event.type)).toEqual(['started', 'match'])
  })

  test('that takes long brings the next one before it is finished, and only once', async () => {
    const download = Promise.withResolvers<Uint8Array>()
    const { deps, me, published, broken } = await started({
      drive: { ...drive, download: () => download.promise },
    })
    // The place after the last of the window, which is larger than the folder, is past the end: a window of one file.
    const opening = { window: 1, waiting: published.map((_, index) => index), look_up: false }
    const [first, second] = published as [Task, Task]
    deps.recent = recently()
    const group: ScanStore['group'] = async (scanId, index) => {
      const stored = await store.scans.group(scanId, index)
      return stored && { ...stored, opening }
    }
    deps.store = { ...store, scans: { ...store.scans, group } }
    published.splice(0)
    const brought = Promise.withResolvers<void>()
    deps.queue.publish = async (tasks) => {
      published.push(...(tasks as Task[]))
      if (tasks.length > 0) brought.resolve()
    }
    const matching = matchFile(first, FIRST, deps, { slowAfter: 1 })
    await brought.promise
    expect(published).toEqual([second])
    download.resolve(
      await drive.download({ id: me.file_id, name: 'me.jpg', mime_type: 'image/jpeg' }, 'token'),
    )
    await matching
    expect(published).toEqual([second])
    expect([me, broken]).toContainEqual(second)
  })

  test('that meets a long rate limit in the cloud is left to its redelivery', async () => {
    const limited = { ...drive, download: () => Promise.reject(new AppError('busy', 'rate limited')) }
    const { scan_id, deps, me } = await started({ drive: limited })
    await expect(matchFile(me, FIRST, deps)).rejects.toThrow('rate limited')
    expect((await allEvents(store, scan_id)).map((event) => event.type)).toEqual(['started'])
  })

  test('of a stopped scan does nothing, and the scan keeps what was found', async () => {
    const { scan_id, deps, me, broken } = await started()
    await matchFile(me, FIRST, deps)
    expect(await stopScan(scan_id, { scans: store.scans, queue: deps.queue })).toBe(true)
    await matchFile(broken, FIRST, deps)
    expect(await stopScan(scan_id, { scans: store.scans, queue: deps.queue })).toBe(false)
    const events = await allEvents(store, scan_id)
    expect(events.map((event) => event.type)).toEqual(['started', 'match', 'completed'])
    expect(events[2]).toMatchObject({ event_id: 'end', stopped: true })
  })

  test('of an erased scan does nothing', async () => {
    const { scan_id, deps, me } = await started()
    await store.scans.erase(scan_id)
    await matchFile(me, FIRST, deps)
    expect(await allEvents(store, scan_id)).toEqual([])
  })
})
