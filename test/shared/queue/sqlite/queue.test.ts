import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { localQueue } from '../../../../shared/queue/sqlite/queue.ts'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { logLines } from '../../../log-lines.ts'
import { countIterations, mostAtOnce } from '../../../loop-iterations.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { queueContract } from '../contract.ts'

queueContract(
  'SQLite',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'queue-'))
    const databases: DatabaseSync[] = []
    const open = () => {
      const db = openDatabase(dir)
      databases.push(db)
      return localQueue(db, { backoffMs: { first: 5, longest: 50 } })
    }
    return {
      queue: open(),
      reopen: async () => open(),
      held: { kind: 'sqlite', dir },
      async close() {
        for (const db of databases) db.close()
        rmSync(dir, { recursive: true })
      },
    }
  },
  { purges: true },
)

const dir = await temporaryDir()
test('recovers from a database that cannot be written for a while, and delivers every task', async () => {
  const db = openDatabase(dir)
  db.exec('PRAGMA busy_timeout = 0')
  const { log, until } = logLines()
  const queue = localQueue(db, { log, backoffMs: { first: 5, longest: 50 }, leaseMs: 300 })
  const taken = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const done = Promise.withResolvers<string[]>()
  const seen: string[] = []
  const consumer = queue.consume(
    {
      async task({ file_id }) {
        seen.push(file_id ?? '')
        taken.resolve()
        await finish.promise
        if (seen.length === 3) done.resolve(seen)
      },
      async dead() {},
    },
    { concurrency: 1 },
  )
  const task = { scan_id: randomUUID(), group: 0, file_name: 'a.jpg', mime_type: 'image/jpeg' }
  await queue.publish([
    { ...task, file_id: 'first' },
    { ...task, file_id: 'second' },
  ])
  await taken.promise
  const other = new DatabaseSync(db.location() as string)
  other.exec('BEGIN IMMEDIATE')
  finish.resolve()
  await until('cannot read or write the queue')
  other.exec('COMMIT')
  other.close()
  // The first task could not be acknowledged, so it is delivered again.
  expect((await done.promise).toSorted()).toEqual(['first', 'first', 'second'])
  await consumer.stop()
  db.close()
})

const other = await temporaryDir()
test('tasks that wait for nothing let the event loop go on after every few of them', async () => {
  const db = openDatabase(other)
  const queue = localQueue(db)
  const about = { scan_id: randomUUID(), group: 0, file_name: 'a.jpg', mime_type: 'image/jpeg' }
  const publish = (file_id: string) => queue.publish([{ ...about, file_id }])
  for (let index = 0; index < 100; index++) await publish(`f${index}`)
  const iterations = await countIterations(async (iteration) => {
    const handled: number[] = []
    const all = Promise.withResolvers<void>()
    const consumer = queue.consume(
      {
        async task({ file_id }) {
          handled.push(iteration())
          // As a scan does, whose files bring the next ones.
          if (handled.length <= 100) await publish(`after ${file_id}`)
          if (handled.length === 200) all.resolve()
        },
        dead: async () => {},
      },
      { concurrency: 6 },
    )
    await all.promise
    await consumer.stop()
    return handled
  })
  expect(mostAtOnce(iterations)).toBe(6)
  db.close()
})
