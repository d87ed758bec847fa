import { afterAll, describe, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import { bringFrom, recordFile } from '../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../shared/scan/end-scan.ts'
import { RUN_LIMIT, STALLED_AFTER } from '../../../shared/scan/lifetime.ts'
import { giveUpFile } from '../../../shared/scan/match-file.ts'
import { scanStatus } from '../../../shared/scan/read.ts'
import { reconcile } from '../../../shared/scan/reconcile.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents, idleQueue, newProcess, noMatch, storedScan } from './scan-fixture.ts'

let now = Date.now()
const db = openDatabase(await temporaryDir())
const store = sqliteStore(db, { now: () => now })
afterAll(() => store.close())

const FIRST = { recorded: 'none' } as const

function run() {
  const published: Task[] = []
  const deps: AdvanceDeps = { ...newProcess(() => now), store, queue: idleQueue(published), now: () => now }
  return { published, deps }
}

describe('reconcile', () => {
  test('does not touch a scan that makes progress', async () => {
    const { published, deps } = run()
    const { scan_id } = await storedScan(store, 10, { created_at: now })
    now += STALLED_AFTER - 1
    expect(await reconcile(deps)).toBe(0)
    expect(published).toEqual([])
    await store.scans.erase(scan_id)
  })

  test('publishes the files that should be out, once per ten minutes', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 450, { created_at: now, window: 4 })
    await bringFrom(scan, 0, deps, FIRST)
    // The message of the second file is lost. The other tokens go on to the last file.
    const [lost] = published.splice(1, 1)
    for (const task of published) await recordFile(scan, task, noMatch(task), deps, { again: false })
    expect(lost?.file_id).toBe('f1')
    published.splice(0)

    now += STALLED_AFTER + 1
    expect(await reconcile(deps)).toBe(1)
    expect(published).toEqual([lost])
    expect(await reconcile(deps)).toBe(0)
    for (const task of published) await recordFile(scan, task, noMatch(task), deps, { again: false })
    expect(await scanStatus(scan.scan_id, store.scans)).toMatchObject({ status: 'completed', remaining: 0 })
  })

  test('publishes the first file of the next group, where that was lost', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 300, { created_at: now, window: 1 })
    await bringFrom(scan, 0, deps, FIRST)
    const losing = { ...deps, queue: { ...deps.queue, publish: () => Promise.reject(new Error('lost')) } }
    for (const [index, task] of published.entries()) {
      const own = index === 99 ? losing : deps
      await recordFile(scan, task, noMatch(task), own, { again: false }).catch(() => {})
    }
    expect(published).toHaveLength(100)

    now += STALLED_AFTER + 1
    await reconcile(deps)
    expect(published.map((task) => task.file_id).slice(100)).toEqual(['f100'])
    await store.scans.erase(scan.scan_id)
  })

  test('ends a scan whose last worker crashed before ending it', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 3, { created_at: now, window: 3 })
    await bringFrom(scan, 0, deps, FIRST)
    for (const task of published) await store.scans.append(scan.scan_id, 0, [noMatch(task)])
    now += STALLED_AFTER + 1
    await reconcile(deps)
    expect(await scanStatus(scan.scan_id, store.scans)).toMatchObject({ status: 'completed', remaining: 0 })
  })

  test('after six hours ends the missing files as errors and completes the scan', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 250, { created_at: now })
    await bringFrom(scan, 0, deps, FIRST)
    for (const [index, task] of published.entries()) {
      if (index < 40) await recordFile(scan, task, noMatch(task), deps, { again: false })
    }
    published.splice(0)
    now += RUN_LIMIT + 1
    await reconcile(deps)
    const events = await allEvents(store, scan.scan_id)
    expect(events.filter((event) => event.type === 'error')).toHaveLength(210)
    expect(events).toHaveLength(252)
    expect(events.at(-1)?.type).toBe('completed')
    expect(published).toEqual([])
  })

  test('after six hours ends a scan that is slow but never stalled', async () => {
    const { published, deps } = run()
    const begun = now
    const scan = await storedScan(store, 9_000, { created_at: now, window: 200 })
    await bringFrom(scan, 0, deps, FIRST)
    let recorded = 0
    while (now < begun + RUN_LIMIT) {
      now += STALLED_AFTER / 2
      for (const task of published.slice(recorded, recorded + 100)) {
        await recordFile(scan, task, noMatch(task), deps, { again: false })
      }
      recorded += 100
      await reconcile(deps)
    }
    const events = await allEvents(store, scan.scan_id)
    expect(events.at(-1)?.type).toBe('completed')
    expect(events).toHaveLength(9_002)
    expect(events.filter((event) => event.type === 'progress')).toHaveLength(7_200)
  })
})

describe('a file that no worker could process', () => {
  test('ends as an error, so that its scan completes', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 2, { created_at: now })
    await bringFrom(scan, 0, deps, FIRST)
    const [poison, good] = published as [Task, Task]
    await recordFile(scan, good, noMatch(good), deps, { again: false })
    await giveUpFile(poison, deps)
    await giveUpFile(poison, deps)
    const events = await allEvents(store, scan.scan_id)
    expect(events.map((event) => event.type)).toEqual(['started', 'progress', 'error', 'completed'])
  })
})
