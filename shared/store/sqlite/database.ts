import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DATABASE_NAME, DataDirError } from '../../platform/data-dir-error.ts'

const PRIVATE = 0o600
/** Milliseconds that a write waits for those of other processes, such as a command. Meanwhile this process stands still. */
const BUSY_TIMEOUT = 5_000

export const databaseFile = (dataDir: string) => join(dataDir, DATABASE_NAME)

/** Selects a scan unless it has expired. Whatever reads or writes inside a scan includes this. */
export const VISIBLE = 'FROM scans WHERE scan_id = :scan AND expire_at > :now'

/** One step per schema version, in order. A released step is never changed. */
const MIGRATIONS = [
  `CREATE TABLE scans (
     scan_id TEXT PRIMARY KEY,
     folder TEXT NOT NULL,
     total_files INTEGER NOT NULL,
     window INTEGER NOT NULL,
     targets BLOB,
     engine_id TEXT NOT NULL,
     key_hash TEXT NOT NULL,
     access_token TEXT,
     created_at INTEGER NOT NULL,
     last_progress_at INTEGER NOT NULL,
     expire_at INTEGER NOT NULL,
     ended TEXT
   ) STRICT;
   CREATE INDEX scans_by_expiry ON scans (expire_at);
   CREATE TABLE groups (
     scan_id TEXT NOT NULL REFERENCES scans ON DELETE CASCADE,
     idx INTEGER NOT NULL,
     files TEXT NOT NULL,
     closed_at INTEGER,
     PRIMARY KEY (scan_id, idx)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE events (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     scan_id TEXT NOT NULL REFERENCES scans ON DELETE CASCADE,
     event_id TEXT NOT NULL,
     grp INTEGER,
     type TEXT NOT NULL,
     body TEXT NOT NULL,
     UNIQUE (scan_id, event_id)
   ) STRICT;
   CREATE INDEX events_in_order ON events (scan_id, seq);
   CREATE INDEX events_by_group ON events (scan_id, grp);
   CREATE TABLE tasks (
     scan_id TEXT NOT NULL,
     file_id TEXT NOT NULL,
     body TEXT NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     visible_at INTEGER NOT NULL,
     lease TEXT,
     PRIMARY KEY (scan_id, file_id)
   ) STRICT;
   CREATE INDEX tasks_next ON tasks (visible_at);
   CREATE TABLE faces (
     file_id TEXT PRIMARY KEY,
     md5 TEXT NOT NULL,
     engine_id TEXT NOT NULL,
     folder_id TEXT NOT NULL,
     faces BLOB NOT NULL,
     thumbnail BLOB,
     expire_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX faces_by_expiry ON faces (expire_at);
   CREATE INDEX faces_by_folder ON faces (folder_id);`,

  `CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     job_id TEXT NOT NULL UNIQUE,
     status TEXT NOT NULL,
     compressed_image_path TEXT,
     result_image_path TEXT,
     drive_file_id TEXT,
     drive_link TEXT,
     download_link TEXT,
     qr_url TEXT,
     drive_uploaded_at TEXT,
     tried_at INTEGER,
     reserved_file_id TEXT,
     claim_token TEXT,
     claim_until INTEGER,
     done_seq INTEGER
   ) STRICT;
   CREATE INDEX jobs_to_upload ON jobs (tried_at, seq) WHERE status = 'done' AND drive_file_id IS NULL;
   CREATE INDEX jobs_in_order_done ON jobs (done_seq);`,

  'ALTER TABLE scans ADD COLUMN suggestions INTEGER NOT NULL DEFAULT 0',

  'ALTER TABLE groups ADD COLUMN opening TEXT',

  `ALTER TABLE groups ADD COLUMN known INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX groups_unclosed ON groups (scan_id, idx) WHERE closed_at IS NULL;
   CREATE TABLE shards (
     shard_id INTEGER PRIMARY KEY AUTOINCREMENT,
     folder_id TEXT NOT NULL,
     engine_id TEXT NOT NULL,
     photos BLOB NOT NULL,
     expire_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX shards_by_folder ON shards (folder_id, engine_id);
   CREATE INDEX shards_by_expiry ON shards (expire_at);`,

  'ALTER TABLE scans ADD COLUMN listing TEXT',

  `ALTER TABLE scans ADD COLUMN album TEXT;
   CREATE TABLE albums (
     album_id TEXT PRIMARY KEY,
     about TEXT NOT NULL,
     until INTEGER NOT NULL,
     version INTEGER NOT NULL,
     swept INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX albums_by_end ON albums (until);
   CREATE TABLE album_shards (
     album_id TEXT NOT NULL REFERENCES albums ON DELETE CASCADE,
     shard INTEGER NOT NULL,
     version INTEGER NOT NULL,
     files TEXT NOT NULL,
     faces BLOB NOT NULL,
     PRIMARY KEY (album_id, shard)
   ) STRICT;
   CREATE TABLE album_consents (
     album_id TEXT NOT NULL REFERENCES albums ON DELETE CASCADE,
     wording TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX album_consents_by_album ON album_consents (album_id);`,

  `CREATE TABLE uploads (
     destination TEXT NOT NULL,
     sha256 TEXT NOT NULL,
     file_id TEXT NOT NULL,
     PRIMARY KEY (destination, sha256)
   ) STRICT, WITHOUT ROWID;`,
]

/**
 * Opens the embedded database under `dataDir` and creates or migrates it as needed. With WAL and synchronous=NORMAL a
 * committed change survives the process being killed at any moment.
 *
 * @throws DataDirError when the file was written by a newer version of the program
 */
export function openDatabase(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = databaseFile(dataDir)
  // Private even in a directory that is not; SQLite gives its log the same mode.
  closeSync(openSync(file, 'a', PRIVATE))
  chmodSync(file, PRIVATE)
  const db = new DatabaseSync(file)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
           PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;`)
  migrate(db, file)
  return db
}

function migrate(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version > MIGRATIONS.length) {
    throw new DataDirError(
      `${file} was written by a newer version of this program (schema ${version}, this one knows ${MIGRATIONS.length}): use that version, or set DATA_DIR to another directory.`,
    )
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue
    transaction(db, () => db.exec(`${step}; PRAGMA user_version = ${index + 1}`))
  }
}

/**
 * To be called after something was deleted for good: empties the log, which still has it. The database file itself has
 * zeros in its place, see PRAGMA secure_delete. Where another process is reading, as a backup does, the next call does it.
 */
export function truncateLog(db: DatabaseSync): void {
  db.exec('PRAGMA busy_timeout = 0')
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
  }
}

/** Runs `work` as one transaction, which is rolled back if it throws. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}
