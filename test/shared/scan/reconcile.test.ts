import { afterAll, describe, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import { type AdvanceDeps, openGroup, recordFiles } from '../../../shared/scan/advance.ts'
import { RUN_LIMIT, STALLED_AFTER } from '../../../shared/scan/lifetime.ts'
import { giveUpFile } from '../../../shared/scan/match-file.ts'
import { scanStatus } from '../../../shared/scan/read.ts'
import { reconcile } from '../../../shared/scan/reconcile.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents, idleQueue, matchRule, noMatch, silent, storedScan } from './scan-fixture.ts'

let now = Date.now()
const db = openDatabase(await temporaryDir())
const store = sqliteStore(db, { now: () => now })
afterAll(() => store.close())

function run() {
  const published: Task[] = []
  const deps: AdvanceDeps = { store, queue: idleQueue(published), log: silent, now: () => now, ...matchRule }
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

  test('publishes the missing files of the open groups, once per ten minutes', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 450, { created_at: now })
    await openGroup(scan, 0, deps)
    const [lost, ...processed] = published.splice(0)
    for (const task of processed) await recordFiles(scan, 0, [noMatch(task)], deps)

    now += STALLED_AFTER + 1
    expect(await reconcile(deps)).toBe(1)
    // Group 1 is also in the window but was never published; groups 2 to 4 wait for groups 0 to 2.
    expect(published[0]).toEqual(lost)
    expect(published.map((task) => task.group)).toEqual([0, ...Array(100).fill(1)])
    expect(await reconcile(deps)).toBe(0)
    await store.scans.erase(scan.scan_id)
  })

  test('publishes the group that a worker failed to publish after closing an earlier one', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 300, { created_at: now })
    for (const group of [0, 1]) await openGroup(scan, group, deps)
    const losing = { ...deps, queue: { ...deps.queue, publish: () => Promise.reject(new Error('lost')) } }
    for (const task of published.splice(0)) {
      const last = (await store.scans.countGroup(scan.scan_id, task.group)) === 99
      await recordFiles(scan, task.group, [noMatch(task)], last ? losing : deps).catch(() => {})
    }
    expect(await store.scans.openGroups(scan.scan_id)).toEqual([2])

    now += STALLED_AFTER + 1
    await reconcile(deps)
    expect(published.map((task) => task.group)).toEqual(Array(100).fill(2))
    await store.scans.erase(scan.scan_id)
  })

  test('ends a scan whose last worker crashed before ending it', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 3, { created_at: now })
    await openGroup(scan, 0, deps)
    for (const task of published.splice(0)) await store.scans.append(scan.scan_id, 0, [noMatch(task)])
    now += STALLED_AFTER + 1
    await reconcile(deps)
    expect(await scanStatus(scan.scan_id, store.scans)).toMatchObject({ status: 'completed', remaining: 0 })
  })

  test('after six hours ends the missing files as errors and completes the scan', async () => {
    const { published, deps } = run()
    const scan = await storedScan(store, 250, { created_at: now })
    await openGroup(scan, 0, deps)
    for (const task of published.splice(0).slice(0, 40)) await recordFiles(scan, 0, [noMatch(task)], deps)
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
    const scan = await storedScan(store, 9_000, { created_at: now })
    for (const group of [0, 1]) await openGroup(scan, group, deps)
    while (now < begun + RUN_LIMIT) {
      now += STALLED_AFTER / 2
      for (const task of published.splice(0, 100)) await recordFiles(scan, task.group, [noMatch(task)], deps)
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
    await openGroup(scan, 0, deps)
    const [poison, good] = published as [Task, Task]
    await recordFiles(scan, 0, [noMatch(good)], deps)
    await giveUpFile(poison, deps)
    await giveUpFile(poison, deps)
    const events = await allEvents(store, scan.scan_id)
    expect(events.map((event) => event.type)).toEqual(['started', 'progress', 'error', 'completed'])
  })
})
