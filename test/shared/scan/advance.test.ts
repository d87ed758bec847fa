import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import { bringFrom, recordFile } from '../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../shared/scan/end-scan.ts'
import type { KnownFiles } from '../../../shared/scan/folder-index/known-faces.ts'
import type { Store } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents, idleQueue, newProcess, noMatch, storedScan } from './scan-fixture.ts'

const TOTAL = 2_050
const dir = await temporaryDir()
const stores: Store[] = []
afterAll(() => Promise.all(stores.map((store) => store.close())))

/** Begins a scan in a store of its own, with a clock that advances by a millisecond per group looked up. */
async function begin({ lookUpFor = Infinity, window = 1, isKnown = (_: Task) => true }) {
  const store = sqliteStore(openDatabase(join(dir, String(stores.length))))
  stores.push(store)
  const start = Date.now()
  const published: Task[] = []
  const groups = new Set<number>()
  let looked = 0
  const knownFiles: KnownFiles = {
    async events(_, tasks) {
      for (const { group } of tasks) groups.add(group)
      looked += tasks.length
      return new Map(tasks.filter(isKnown).map((task) => [task.file_id, noMatch(task)]))
    },
  }
  let passed = 0
  const now = () => start + groups.size + passed
  const deps: AdvanceDeps = { ...newProcess(now), store, queue: idleQueue(published), now }
  const scan = await storedScan(store, TOTAL, { window })
  const lookUp = { knownFiles, until: start + lookUpFor }
  await bringFrom(scan, 0, deps, { lookUp, recorded: 'none' })
  const events = () => allEvents(store, scan.scan_id)
  const pass = (ms: number) => {
    passed += ms
  }
  return { store, scan, deps, groups: [...groups], published, events, lookUp, looked: () => looked, pass }
}

describe('a scan whose files are known to the face cache', () => {
  test('walks through every group without a task and completes', async () => {
    const { groups, published, events } = await begin({})
    expect(groups).toEqual(Array.from({ length: 21 }, (_, group) => group))
    expect(published).toEqual([])
    expect(await events()).toHaveLength(TOTAL + 2)
    expect((await events()).at(-1)?.type).toBe('completed')
  })

  test('stops looking up at the deadline, and goes on as its tasks are finished', async () => {
    const { scan, deps, groups, published, events, lookUp } = await begin({ lookUpFor: 3, window: 2 })
    expect(groups).toEqual([0, 1, 2])
    expect(published.map((task) => task.file_id)).toEqual(['f300', 'f301'])
    expect(await events()).toHaveLength(301)
    const later = { ...lookUp, until: Infinity }
    for (const task of published) {
      await recordFile(scan, task, noMatch(task), deps, { lookUp: later, again: false })
    }
    expect(published).toHaveLength(100)
    expect((await events()).at(-1)?.type).toBe('completed')
  })

  test('publishes the unknown files among them, as many as its window allows', async () => {
    const isKnown = (task: Task) => !/^f(250|460|470)$/.test(task.file_id)
    const { published, groups } = await begin({ isKnown, window: 2 })
    expect(published.map((task) => task.file_id)).toEqual(['f250', 'f460'])
    expect(groups).toEqual([0, 1, 2, 3, 4])
  })

  test('lets other work of the process run between two groups', async () => {
    let ended = false
    const opening = begin({}).finally(() => {
      ended = true
    })
    let turns = 0
    while (!ended) {
      await new Promise(setImmediate)
      turns++
    }
    await opening
    expect(turns).toBeGreaterThanOrEqual(21)
  })
})

describe('a scan of new files', () => {
  test('looks up a few files of a group as it opens, and leaves the others to their tasks', async () => {
    const { published, looked } = await begin({ isKnown: () => false, window: 5 })
    expect(published).toHaveLength(5)
    expect(looked()).toBeLessThanOrEqual(8)
  })

  test('takes its share of the workers, looked at again from group to group', async () => {
    const { store, scan, deps, published, pass } = await begin({ isKnown: () => false, window: 12 })
    expect(published).toHaveLength(12)
    for (const total of [10, 20, 30]) await storedScan(store, total)
    pass(60_000)
    let out = 0
    for (const [index, task] of published.entries()) {
      await recordFile(scan, task, noMatch(task), deps, { again: false })
      out = published.length - index - 1
      if (index === 250) break
    }
    expect(out).toBe(3)
  })
})
