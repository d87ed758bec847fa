import { afterAll, describe, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import { type AdvanceDeps, openGroup } from '../../../shared/scan/advance.ts'
import type { KnownFiles } from '../../../shared/scan/known-faces.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents, idleQueue, matchRule, noMatch, silent, storedScan } from './scan-fixture.ts'

const TOTAL = 2_050
const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

/** Opens the first group with a clock that advances by a millisecond per group looked up. */
async function openFirstGroup({ lookUpFor = Infinity, isKnown = (_: Task) => true }) {
  const start = Date.now()
  const published: Task[] = []
  const groups: number[] = []
  const knownFiles: KnownFiles = {
    async events(_, tasks) {
      groups.push(tasks[0]?.group ?? -1)
      return new Map(tasks.filter(isKnown).map((task) => [task.file_id, noMatch(task)]))
    },
  }
  const now = () => start + groups.length
  const deps: AdvanceDeps = { store, queue: idleQueue(published), log: silent, now, knownFiles, ...matchRule }
  const scan = await storedScan(store, TOTAL, { window: 1 })
  await openGroup(scan, 0, deps, { lookUpUntil: start + lookUpFor })
  return { groups, published, events: await allEvents(store, scan.scan_id) }
}

describe('a scan whose files are known to the face cache', () => {
  test('walks through every group without a task and completes', async () => {
    const { groups, published, events } = await openFirstGroup({})
    expect(groups).toEqual(Array.from({ length: 21 }, (_, group) => group))
    expect(published).toEqual([])
    expect(events).toHaveLength(TOTAL + 2)
    expect(events.at(-1)?.type).toBe('completed')
  })

  test('stops looking up at the deadline and publishes the next group whole', async () => {
    const { groups, published, events } = await openFirstGroup({ lookUpFor: 3 })
    expect(groups).toEqual([0, 1, 2])
    expect(published.map((task) => task.group)).toEqual(Array(100).fill(3))
    expect(events).toHaveLength(301)
  })

  test('stops at the first group with an unknown file and publishes that file alone', async () => {
    const isKnown = (task: Task) => task.file_id !== 'f250'
    const { groups, published } = await openFirstGroup({ isKnown })
    expect(groups).toEqual([0, 1, 2])
    expect(published.map((task) => task.file_id)).toEqual(['f250'])
  })

  test('lets other work of the process run between two groups', async () => {
    let ended = false
    const opening = openFirstGroup({}).finally(() => {
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
