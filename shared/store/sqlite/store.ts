import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '../port.ts'
import { sqliteAlbums } from './albums.ts'
import { sqliteFaces } from './faces.ts'
import { sqliteIndexes } from './indexes.ts'
import { sqliteJobs } from './jobs.ts'
import { sqliteScans } from './scans.ts'
import { sqliteUploads } from './uploads.ts'

export interface SqliteStoreOptions {
  /** Milliseconds since 1970, for tests to change. */
  now?: () => number
}

/** The store on one machine, for one server process; see `lockDataDir`. */
export function sqliteStore(db: DatabaseSync, { now = Date.now }: SqliteStoreOptions = {}): Store {
  return {
    scans: sqliteScans(db, now),
    faces: sqliteFaces(db, now),
    indexes: sqliteIndexes(db, now),
    jobs: sqliteJobs(db, now),
    uploads: sqliteUploads(db),
    albums: sqliteAlbums(db, now),
    close: async () => db.close(),
  }
}
