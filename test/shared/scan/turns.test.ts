import { afterAll, expect, test } from '@jest/globals'
import { bringFrom } from '../../../shared/scan/advance.ts'
import type { AdvanceDeps } from '../../../shared/scan/end-scan.ts'
import { knownFiles } from '../../../shared/scan/folder-index/known-faces.ts'
import { GROUP_SIZE, type ScanStore } from '../../../shared/store/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { countIterations, mostAtOnce } from '../../loop-iterations.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { ended, idleQueue, newProcess, storedScan } from './scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

const GROUPS = 3
const files = Array.from({ length: GROUPS * GROUP_SIZE }, (_, index) => ({
  id: `f${index}`,
  name: `${index}.jpg`,
  mime_type: 'image/jpeg',
  md5: 'md5',
}))

test('of many scans whose files are all known, one group is looked up in each iteration of the event loop', async () => {
  for (const { id } of files) {
    const known = { md5: 'md5', engine_id: 'engine', folder_id: 'folder', width: 1, height: 1, faces: [] }
    await store.faces.put({ ...known, file_id: id, thumbnail: undefined, expire_at: Date.now() + 60_000 })
  }
  const started = await Promise.all(Array.from({ length: 20 }, () => storedScan(store, files)))
  const opened = await countIterations(async (iteration) => {
    const iterations: number[] = []
    const open: ScanStore['open'] = (...args) => {
      iterations.push(iteration())
      return store.scans.open(...args)
    }
    const scans = { ...store.scans, open }
    const deps: AdvanceDeps = { ...newProcess(), store: { ...store, scans }, queue: idleQueue() }
    const lookUp = { knownFiles: knownFiles(deps), until: Infinity }
    await Promise.all(started.map((scan) => bringFrom(scan, 0, deps, { lookUp, recorded: 'none' })))
    return iterations
  })
  expect(opened).toHaveLength(started.length * GROUPS)
  expect(mostAtOnce(opened)).toBe(1)
  for (const { scan_id } of started) expect(await ended(store, scan_id)).toMatchObject({ type: 'completed' })
})
