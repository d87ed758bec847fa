import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { storeContract } from '../contract/store.ts'

storeContract(
  'SQLite',
  async (clock) => {
    const dir = mkdtempSync(join(tmpdir(), 'store-'))
    const open = () => sqliteStore(openDatabase(dir), { now: clock })
    let store = open()
    return {
      store,
      async reopen() {
        await store.close()
        store = open()
        return store
      },
      async close() {
        await store.close()
        rmSync(dir, { recursive: true })
      },
    }
  },
  { exactlyOnce: true, deletesExpired: false },
)
