import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DataDirError, isBusy, openingInDataDir } from './data-dir-error.ts'

/**
 * Makes this process the only server on a data directory and returns a function that releases the lock. It is SQLite's
 * lock on a separate file: the kernel releases it however the process ends, and command line tools can still open the
 * store next to a running server.
 *
 * @param name of the lock; tools that run next to a server have their own
 * @throws DataDirLockedError when another process holds it
 */
export function lockDataDir(dataDir: string, name = 'lock'): () => void {
  const file = join(dataDir, `${name}.sqlite`)
  const lock = openingInDataDir(file, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const lock = new DatabaseSync(file)
    // Whoever may open it may lock it, and so keep the server from starting.
    chmodSync(file, 0o600)
    return lock
  })
  try {
    openingInDataDir(file, () => lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE'))
  } catch (error) {
    lock.close()
    throw isBusy(error) ? new DataDirLockedError(dataDir, { cause: error }) : error
  }
  return () => lock.close()
}

class DataDirLockedError extends DataDirError {
  constructor(dataDir: string, options: { cause: unknown }) {
    super(
      `another process is already running on ${dataDir}: stop it, or set DATA_DIR to another directory`,
      options,
    )
    this.name = 'DataDirLockedError'
  }
}
