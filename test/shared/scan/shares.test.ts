import { afterAll, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import { bringFrom, recordFile } from '../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../shared/scan/end-scan.ts'
import type { NewScan } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { idleQueue, newProcess, noMatch, storedScan } from './scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

const WINDOW = 12
/** Milliseconds of the clock for one file. */
const TIME_PER_FILE = 50

/** Workers that take the tasks of all scans in the order in which they were published. */
function workers() {
  const waiting: Task[] = []
  const scans = new Map<string, NewScan>()
  const begun = Date.now()
  let done = 0
  const now = () => begun + done * TIME_PER_FILE
  const deps: AdvanceDeps = { ...newProcess(now), store, queue: idleQueue(waiting), now }
  return {
    waiting,
    async start(files: number): Promise<NewScan> {
      const scan = await storedScan(store, files, { window: WINDOW, created_at: now() })
      scans.set(scan.scan_id, scan)
      await bringFrom(scan, 0, deps, { recorded: 'none' })
      return scan
    },
    /** Works until `holds`; returns the number of files. */
    async work(holds: () => Promise<boolean> | boolean): Promise<number> {
      const before = done
      while (!(await holds())) {
        const task = waiting.shift()
        if (!task) throw new Error('nothing is out')
        await recordFile(scans.get(task.scan_id) as NewScan, task, noMatch(task), deps, { again: false })
        done++
      }
      return done - before
    },
  }
}

const hasEnded = async ({ scan_id }: NewScan) => (await store.scans.get(scan_id))?.ended !== undefined

test('a scan of 50 files beside five large ones ends within three times its share', async () => {
  const { start, work } = workers()
  const large = []
  for (let i = 0; i < 5; i++) large.push(await start(5_000))
  const small = await start(50)
  expect(await work(() => hasEnded(small))).toBeLessThanOrEqual(3 * 50 * 6)
  for (const { scan_id } of large) await store.scans.erase(scan_id)
})

test('twenty scans have about as many files out as one, or one each, once they have looked at their share again', async () => {
  const { start, work, waiting } = workers()
  const scans = []
  for (let i = 0; i < 20; i++) scans.push(await start(400))
  const most = waiting.length
  expect(most).toBeLessThan(5 * WINDOW)
  let left = 2_500
  await work(() => left-- === 0)
  expect(waiting.length).toBeLessThanOrEqual(2 * WINDOW)
  expect(new Set(waiting.map(({ scan_id }) => scan_id)).size).toBe(20)
  for (const { scan_id } of scans) await store.scans.erase(scan_id)
})
