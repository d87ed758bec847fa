import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Task } from '../../../shared/contract/task.ts'
import { bringFrom, recordFile } from '../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../shared/scan/end-scan.ts'
import type { KnownFiles } from '../../../shared/scan/folder-index/known-faces.ts'
import { reconcile } from '../../../shared/scan/reconcile.ts'
import type { ScanStore } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { allEvents, idleQueue, newProcess, noMatch, storedScan } from './scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

interface World {
  files: number
  window: number
  /** Tasks that are worked on at the same time. */
  workers: number
  /** Of 100 files, how many the face cache knows: all of a group, or some of each. */
  known: number
  /** Of 100 deliveries, how many come twice, crash on the way, or are lost for good. */
  twice: number
  crash: number
  lost: number
  /** Makes all choices. */
  choices: number[]
}

const world = fc.record<World>({
  files: fc.integer({ min: 1, max: 270 }),
  window: fc.integer({ min: 1, max: 12 }),
  workers: fc.integer({ min: 1, max: 4 }),
  known: fc.constantFrom(0, 5, 50, 70, 95, 100),
  twice: fc.constantFrom(0, 0, 20),
  crash: fc.constantFrom(0, 10, 40),
  lost: fc.constantFrom(0, 0, 3),
  choices: fc.array(fc.nat(9_999), { minLength: 97, maxLength: 97 }),
})

const STEPS = [
  'append',
  'open',
  'closeGroup',
  'countGroup',
  'recordedFiles',
  'unclosedGroups',
  'end',
] as const

class Crash extends Error {}

/** Runs one scan with queue and workers that do everything a platform may do. */
async function run({ files, window, workers, known, twice, crash, lost, choices }: World) {
  let chosen = 0
  const choose = (below: number) => ((choices[chosen++ % choices.length] ?? 0) + chosen) % below
  const happens = (percent: number) => choose(100) < percent

  const scan = await storedScan(store, files, { window })
  const queue: { task: Task; attempt: number }[] = []
  const publish = async (tasks: readonly Task[]) =>
    void queue.push(...tasks.map((task) => ({ task, attempt: 1 })))
  const isKnown = ({ file_id, group }: Task) =>
    known === 50 ? group % 2 === 1 : (Number(file_id.slice(1)) * 37) % 100 < known
  const knownFiles: KnownFiles = {
    events: async (_, tasks) => new Map(tasks.filter(isKnown).map((task) => [task.file_id, noMatch(task)])),
  }
  const lookUp = { knownFiles, until: Infinity }
  let process = newProcess()
  const deps = (scans: ScanStore): AdvanceDeps => ({
    ...process,
    store: { ...store, scans },
    queue: { ...idleQueue(), publish },
    now: Date.now,
  })

  /** A process that dies at one step of its work, before or after the step. */
  function dying(): ScanStore {
    let steps = choose(8)
    const dies = STEPS.map((step) => {
      const carryOut = store.scans[step] as (...args: unknown[]) => Promise<unknown>
      const died = async (...args: unknown[]) => {
        if (steps-- === 0) {
          if (choose(2) === 0) await carryOut(...args)
          process = newProcess()
          throw new Crash()
        }
        return carryOut(...args)
      }
      return [step, died]
    })
    return { ...store.scans, ...Object.fromEntries(dies) }
  }

  async function work(): Promise<void> {
    const [delivery] = queue.splice(choose(queue.length), 1)
    if (!delivery || happens(lost)) return
    const { task, attempt } = delivery
    if (happens(twice)) queue.push({ task, attempt: 1 })
    try {
      const own = deps(happens(crash) ? dying() : store.scans)
      await recordFile(scan, task, noMatch(task), own, { lookUp, again: attempt > 1 })
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      queue.push({ task, attempt: attempt + 1 })
    }
  }

  let repairs = 0
  let deliveries = 0
  let mostOut = 0
  await bringFrom(scan, 0, deps(store.scans), { lookUp, recorded: 'none' })
  while (!(await store.scans.get(scan.scan_id))?.ended) {
    mostOut = Math.max(mostOut, queue.length)
    if (queue.length === 0) {
      repairs++
      await reconcile(deps(store.scans), { stalledAfter: -1 })
    }
    if (repairs > 200 || deliveries > 5 * files + 100)
      throw new Error(`${repairs} repairs, ${deliveries} deliveries`)
    const batch = Math.min(workers, queue.length)
    deliveries += batch
    await Promise.all(Array.from({ length: batch }, work))
  }
  const events = await allEvents(store, scan.scan_id)
  await store.scans.erase(scan.scan_id)
  return { events, repairs, deliveries, mostOut }
}

test('in any order, with repeats, crashes and losses, every file ends once and the scan is completed', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const { events, repairs, deliveries, mostOut } = await run(given)
      expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(given.files + 2)
      expect(events).toHaveLength(given.files + 2)
      expect(events.at(-1)?.type).toBe('completed')
      // Whatever is not lost for good is mended by its redelivery.
      if (given.lost === 0) expect(repairs).toBe(0)
      if (given.lost === 0 && given.crash === 0 && given.twice === 0) {
        expect(mostOut).toBeLessThanOrEqual(given.window)
        expect(deliveries).toBeLessThanOrEqual(given.files)
      }
      // Repeats and crashes cost what they repeat, and do not multiply.
      expect(deliveries).toBeLessThanOrEqual(2.5 * given.files + 100)
    }),
    { numRuns: 60, endOnFailure: true },
  )
})
