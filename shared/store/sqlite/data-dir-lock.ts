import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Makes this process the only server on a data directory until it ends; returns the release. The lock is SQLite's
 * own on a file of its own, so that the kernel drops it with the process, however that died, and command line tools
 * can still open the store beside a running server.
 *
 * Throws when another process holds it.
 *
 * @param name of the lock; tools that work beside a server have locks of their own
 */
export function lockDataDir(dataDir: string, name = 'lock'): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(dataDir, `${name}.sqlite`))
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new DataDirLockedError(dataDir, { cause: error })
  }
  return () => lock.close()
}

export class DataDirLockedError extends Error {
  constructor(dataDir: string, options: { cause: unknown }) {
    super(
      `another process is already running on ${dataDir}: stop it, or set DATA_DIR to another directory`,
      options,
    )
    this.name = 'DataDirLockedError'
  }
}
