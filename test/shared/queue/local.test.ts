import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { localQueue } from '../../../shared/queue/local.ts'
import { openDatabase } from '../../../shared/store/sqlite-database.ts'
import { queueContract } from './contract.ts'

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
