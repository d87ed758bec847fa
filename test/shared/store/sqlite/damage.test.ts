import { closeSync, openSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from '@jest/globals'
import { toErrorResponse } from '../../../../shared/http/error-response.ts'
import { errorForLog } from '../../../../shared/platform/log-error.ts'
import { type StartDeps, startScan } from '../../../../shared/scan/start.ts'
import { databaseFile, openDatabase, truncateLog } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { startCommand } from '../../../functions/cli/run-command.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { admitsAll, newProcess, noMatch, storedScan } from '../../scan/scan-fixture.ts'

const dirs = { scans: await temporaryDir(), events: await temporaryDir(), jobs: await temporaryDir() }
const readOnly = await temporaryDir()
const open: DatabaseSync[] = []
afterEach(() => {
  for (const db of open.splice(0)) db.close()
})

/** A store with a scan, and a function that overwrites the first page of a table. */
async function storeIn(dir: string) {
  const db = openDatabase(dir)
  open.push(db)
  const store = sqliteStore(db)
  const scan = await storedScan(store, 3)
  function damage(table: 'scans' | 'events' | 'jobs'): void {
    truncateLog(db)
    const page = Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.rootpage)
    const size = Number(db.prepare('PRAGMA page_size').get()?.page_size)
    const file = openSync(databaseFile(dir), 'r+')
    writeSync(file, Buffer.alloc(size, 'damage'), 0, size, (page - 1) * size)
    closeSync(file)
    // Forgets the pages that were read.
    db.exec('PRAGMA shrink_memory')
  }
  return { store, scan, damage }
}

test('a search on a damaged database is answered with one sentence, and the log says what to do', async () => {
  const { store, damage } = await storeIn(dirs.scans)
  damage('scans')
  const drive = { parseLink: () => ({ id: 'folder' }), checkAccess: async () => {} }
  const deps = { ...newProcess(), ...admitsAll(), maxBacklog: 1, store, drive } as unknown as StartDeps
  const request = { drive_link: 'link', access_token: 'token', recursive: false, suggestions: false }
  const error = await startScan({ ...request, target_face: 'AAAA' }, deps).catch((error: unknown) => error)
  expect(toErrorResponse(error)).toEqual({
    status: 500,
    body: {
      error: {
        code: 'store_damaged',
        message: "The server's database, store.sqlite in DATA_DIR, is damaged. Please tell whoever runs it.",
      },
    },
  })
  expect(errorForLog(error as Error)).toMatchObject({
    data_fault: expect.stringMatching(
      /^store\.sqlite in DATA_DIR is damaged: move it away and start again\. Lost/,
    ),
  })
})

test('a live client of a scan whose events are damaged is told, and the process goes on', async () => {
  const { store, scan, damage } = await storeIn(dirs.events)
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const watch = store.scans.watch(scan.scan_id, { events() {}, failed: resolve })
  await watch.ready
  const task = { scan_id: scan.scan_id, group: 0, file_id: 'f0', file_name: '0.jpg', mime_type: 'image/jpeg' }
  await store.scans.append(scan.scan_id, 0, [noMatch(task)])
  // Before the event is delivered, which is in the next iteration of the event loop.
  damage('events')
  expect(toErrorResponse(await promise).body.error.code).toBe('store_damaged')
})

test('a command on a damaged database ends with one sentence', async () => {
  const { damage } = await storeIn(dirs.jobs)
  damage('jobs')
  const { code, stderr } = await startCommand('cli/jobs', ['list'], { DATA_DIR: dirs.jobs }).finished
  expect(code).toBe(1)
  expect(stderr).toMatch(/^store\.sqlite in DATA_DIR is damaged: move it away and start again\. [^\n]*\n$/)
})

test('a database that can no longer be written is told as such', async () => {
  const db = openDatabase(readOnly)
  open.push(db)
  db.exec('PRAGMA query_only = 1')
  const error = await storedScan(sqliteStore(db), 1).catch((error: unknown) => error)
  expect(toErrorResponse(error)).toMatchObject({
    status: 503,
    body: { error: { code: 'store_not_writable', message: expect.stringContaining('DATA_DIR') } },
  })
})
