import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { releaseClaims } from '../../../../shared/store/sqlite/jobs.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { jobsContract } from '../contract/jobs.ts'

const dir = await temporaryDir()

jobsContract('SQLite', async (clock) => {
  const dataDir = join(dir, randomUUID())
  const open = () => sqliteStore(openDatabase(dataDir), { now: clock })
  const [store, other] = [open(), open()]
  return {
    store,
    other,
    async close() {
      await store.close()
      await other.close()
    },
  }
})

test('releases the claims of a process that died and keeps what it reserved', async () => {
  const dataDir = join(dir, randomUUID())
  const dead = sqliteStore(openDatabase(dataDir))
  await dead.jobs.put({
    job_id: 'a',
    status: 'done',
    compressed_image_path: null,
    result_image_path: '/a.png',
  })
  const claim = await dead.jobs.claim('a', Date.now() + 600_000)
  if (!claim) throw new Error('no claim')
  await dead.jobs.reserve(claim, 'file-1')
  await dead.close()

  const db = openDatabase(dataDir)
  const { jobs } = sqliteStore(db)
  expect(await jobs.claim('a', Date.now() + 600_000)).toBeUndefined()
  releaseClaims(db)
  expect(await jobs.claim('a', Date.now() + 600_000)).toMatchObject({ reserved_file_id: 'file-1' })
  db.close()
})
