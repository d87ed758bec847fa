import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { AppError } from '../../../shared/contract/app-error.ts'
import { toErrorResponse } from '../../../shared/http/error-response.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { DataDirError, dataFaultOf } from '../../../shared/platform/data-dir-error.ts'
import { lockDataDir } from '../../../shared/platform/data-dir-lock.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { openStore } from '../../../shared/platform/wiring/adapters.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const dir = await temporaryDir()

const problem = (dataDir: string) =>
  openStore(parseConfig({ DATA_DIR: dataDir }), createLog('silent')).then(
    () => undefined,
    (error: unknown) => error,
  )

test('a damaged database is named, with what to do', async () => {
  const damaged = join(dir, 'damaged')
  mkdirSync(damaged)
  writeFileSync(join(damaged, 'store.sqlite'), 'This was a database.'.repeat(1_000))
  const error = await problem(damaged)
  expect(error).toBeInstanceOf(DataDirError)
  expect(String(error)).toContain(`${join(damaged, 'store.sqlite')} is damaged: move it away`)
  expect(String(error)).toContain('Lost are running scans')
})

test('a damaged lock is not taken for another process', () => {
  const dataDir = join(dir, 'locked')
  lockDataDir(dataDir)()
  writeFileSync(join(dataDir, 'lock.sqlite'), 'This was a lock.')
  expect(() => lockDataDir(dataDir)).toThrow(`${join(dataDir, 'lock.sqlite')} is damaged: move it away`)
  rmSync(join(dataDir, 'lock.sqlite'))
  const unlock = lockDataDir(dataDir)
  expect(() => lockDataDir(dataDir)).toThrow('another process is already running')
  unlock()
})

test('what is in the way of the database is named', async () => {
  mkdirSync(join(dir, 'blocked', 'store.sqlite'), { recursive: true })
  writeFileSync(join(dir, 'file'), '')
  for (const dataDir of [join(dir, 'blocked'), join(dir, 'file')]) {
    const error = await problem(dataDir)
    expect(error).toBeInstanceOf(DataDirError)
    expect(String(error)).toContain(`${join(dataDir, 'store.sqlite')} is in the way`)
  }
})

test('a full disk is told as such, by SQLite and by the system', () => {
  const db = new DatabaseSync(join(dir, 'small.sqlite'))
  db.exec('PRAGMA max_page_count = 3; CREATE TABLE t (b BLOB)')
  let full: unknown
  try {
    db.exec('INSERT INTO t VALUES (zeroblob(100000))')
  } catch (error) {
    full = error
  }
  db.close()
  const noSpace = Object.assign(new Error('write'), { code: 'ENOSPC' })
  const ofLibvips = new Error('photo.jpg: write error\nsystem error: No space left on device')
  const inWorker = new AppError(
    'worker_failed',
    'The worker failed: Error: ENOSPC: no space left on device, write.',
  )
  const engine = new AppError('worker_failed', 'The face engine could not start.', { cause: inWorker })
  for (const error of [full, noSpace, ofLibvips, engine]) {
    expect(dataFaultOf(error)).toBe('full')
    expect(toErrorResponse(error)).toMatchObject({ status: 503, body: { error: { code: 'disk_full' } } })
  }
  const other = new AppError('worker_failed', 'The worker failed: it ran out of memory.')
  expect(dataFaultOf(other)).toBeUndefined()
  expect(toErrorResponse(other)).toMatchObject({ status: 500, body: { error: { code: 'worker_failed' } } })
  expect(dataFaultOf(new Error('else'))).toBeUndefined()
})

test('a database of a newer version is named, with both versions', async () => {
  const newer = join(dir, 'newer')
  const db = openDatabase(newer)
  db.exec('PRAGMA user_version = 1000')
  db.close()
  const error = await problem(newer)
  expect(error).toBeInstanceOf(DataDirError)
  expect((error as Error).message).toMatch(
    /store\.sqlite was written by a newer version of this program \(schema 1000, this one knows \d+\): use that version/,
  )
})
