import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import type { TaskQueue } from '../../../shared/queue/port.ts'
import { localQueue } from '../../../shared/queue/sqlite/queue.ts'
import { bringFrom, recordFile } from '../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../shared/scan/end-scan.ts'
import type { KnownFiles } from '../../../shared/scan/folder-index/known-faces.ts'
import type { ScanStore } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents, ended, newProcess, noMatch, storedScan } from './scan-fixture.ts'

const dir = await temporaryDir()
let runs = 0

const TOTAL = 230

/** Every second file of group 1, and all of group 2. */
const KNOWN: KnownFiles = {
  async events(_, tasks) {
    const known = tasks.filter(
      ({ group, file_id }) => group === 2 || (group === 1 && /[02468]$/.test(file_id)),
    )
    return new Map(known.map((task) => [task.file_id, noMatch(task)]))
  },
}

/** Where a worker crashes: before or after the n-th call of a step. */
interface Crash {
  step: keyof ScanStore | keyof TaskQueue
  call: number
  when: 'before' | 'after'
}

/** The port with one crash in it. Whether or not the step was carried out, its caller never gets a result. */
function crashing<T extends object>(port: T, { step, call, when }: Crash, crashed: () => void): T {
  let calls = 0
  const original = port[step as unknown as keyof T] as unknown as (...args: unknown[]) => Promise<unknown>
  if (!original) return port
  const replaced = async (...args: unknown[]) => {
    const thisCall = ++calls
    if (thisCall === call && when === 'before') {
      crashed()
      throw new Error('crash')
    }
    const result = await original(...args)
    if (thisCall === call && when === 'after') {
      crashed()
      throw new Error('crash')
    }
    return result
  }
  return { ...port, [step]: replaced }
}

async function runWith(crash: Crash) {
  // One data directory per run: a crash may leave a duplicate in the queue.
  const db = openDatabase(join(dir, String(runs++)))
  const store = sqliteStore(db)
  const scan = await storedScan(store, TOTAL, { window: 4 })
  const queue = localQueue(db, { backoffMs: { first: 1, longest: 2 } })
  let crashes = 0
  const onCrash = () => crashes++
  const healthy: AdvanceDeps = { ...newProcess(), store, queue, now: Date.now }
  const faulty: AdvanceDeps = {
    ...healthy,
    ...newProcess(),
    store: { ...store, scans: crashing(store.scans, crash, onCrash) },
    queue: crashing(queue, crash, onCrash),
  }
  const lookUp = { knownFiles: KNOWN, until: Infinity }
  await bringFrom(scan, 0, healthy, { lookUp, recorded: 'none' })
  const dead: Task[] = []
  const consumer = queue.consume(
    {
      task: (task, { attempt }) =>
        recordFile(scan, task as Task, noMatch(task as Task), faulty, { lookUp, again: attempt > 1 }),
      dead: async (task) => void dead.push(task as Task),
    },
    { concurrency: 4 },
  )
  const end = await ended(store, scan.scan_id)
  await consumer.stop()
  const events = await allEvents(store, scan.scan_id)
  await store.close()
  return { end, crashes, dead, events }
}

const around = (step: Crash['step'], calls: number[]) =>
  calls.flatMap((call) => [
    { step, call, when: 'before' as const },
    { step, call, when: 'after' as const },
  ])

/** Each step in the life of a group, for the first and later groups. Group 2 is known, and closes as it opens. */
const CRASHES = [
  ...around('append', [1, 50, 53, 100, 146]),
  ...around('countGroup', [1, 4, 7]),
  ...around('closeGroup', [1, 2, 3]),
  ...around('group', [1, 2, 3]),
  ...around('running', [1]),
  ...around('open', [1, 2]),
  ...around('publish', [1, 2, 100, 140]),
  ...around('unclosedGroups', [1, 3]),
  ...around('end', [1]),
]

describe('a worker that crashes between two steps', () => {
  test.each(CRASHES)(
    '$when call $call of $step: the scan completes, every file counted once',
    async (crash) => {
      const { end, crashes, dead, events } = await runWith(crash)
      expect(crashes).toBe(1)
      expect(end.type).toBe('completed')
      expect(dead).toEqual([])
      expect(events).toHaveLength(TOTAL + 2)
      expect(new Set(events.map((event) => event.event_id)).size).toBe(TOTAL + 2)
    },
  )
})
