import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Config } from './config.ts'
import type { FolderDrive } from './drive/folder.ts'
import type { Drive } from './drive/port.ts'
import type { FaceEngine } from './face/port.ts'
import type { Log } from './log.ts'
import type { TaskQueue } from './queue/port.ts'
import { type TokenCipher, tokenCipher } from './scan/token-cipher.ts'
import type { Store } from './store/port.ts'

/**
 * The only place that chooses adapters. Each is imported when it is opened, so that a function that needs no face
 * engine does not load one.
 */

export async function openEmbedded(
  config: Config,
  log: Log,
): Promise<{ store: Store; queue: TaskQueue; db: DatabaseSync }> {
  const { openDatabase } = await import('./store/sqlite-database.ts')
  const { sqliteStore } = await import('./store/sqlite.ts')
  const { localQueue } = await import('./queue/local.ts')
  const db = openDatabase(config.DATA_DIR)
  return { store: sqliteStore(db), queue: localQueue(db, { log }), db }
}

/** @param photosDir the directory that stands for the Drive */
export async function openFolderDrive(photosDir: string, apiBaseUrl: string): Promise<FolderDrive> {
  const { folderDrive } = await import('./drive/folder.ts')
  return folderDrive({ root: photosDir, apiBaseUrl })
}

export async function openGoogleDrive(config: Config): Promise<Drive> {
  const { googleDrive } = await import('./drive/google.ts')
  return googleDrive({ apiRoot: config.GOOGLE_API_ROOT })
}

export async function openFace(config: Config): Promise<FaceEngine> {
  const { createFaceEngine } = await import('./face/engine.ts')
  return createFaceEngine({
    engine: 'tfjs',
    detail: 'group',
    concurrency: config.MATCH_CONCURRENCY,
    maxTasks: config.WORKER_MAX_TASKS,
  })
}

/** The cipher for access tokens; without a configured key one is generated beside the data it protects. */
export function openCipher(config: Config): TokenCipher {
  return tokenCipher(config.TOKEN_ENCRYPTION_KEY ?? keyInDataDir(config.DATA_DIR))
}

function keyInDataDir(dataDir: string): string {
  const file = join(dataDir, 'token.key')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  }
  return readFileSync(file, 'utf8').trim()
}
