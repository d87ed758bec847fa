import { setTimeout as sleep } from 'node:timers/promises'
import { Firestore } from '@google-cloud/firestore'
import type { Log } from '../../platform/log.ts'
import type { Store } from '../port.ts'
import { firestoreAlbums } from './albums.ts'
import { firestoreFaces } from './faces.ts'
import { firestoreIndexes } from './indexes.ts'
import { firestoreJobs } from './jobs.ts'
import { firestoreScans } from './scans/scans.ts'
import type { WatchTuning } from './scans/watch.ts'
import { firestoreUploads } from './uploads.ts'

export interface FirestoreStoreOptions {
  projectId: string
  /** Default: (default). */
  databaseId?: string
  /** host:port of an emulator; by default Google's service with the credentials of the environment. */
  emulatorHost?: string | undefined
  log?: Log | undefined
  /** Milliseconds since 1970, for tests to change. Events have the server's time regardless. */
  now?: () => number
  watch?: Partial<WatchTuning>
}

/** The store on Google Cloud, for any number of processes at the same time. */
export function firestoreStore({
  projectId,
  databaseId = '(default)',
  emulatorHost,
  log,
  now = Date.now,
  watch = {},
}: FirestoreStoreOptions): Store {
  const db = new Firestore({
    projectId,
    databaseId,
    ignoreUndefinedProperties: true,
    ...(emulatorHost === undefined ? {} : { host: emulatorHost, ssl: false }),
    // Pings detect a dead connection, which would otherwise just be silent.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_reconnect_backoff_ms': 10_000,
  })
  const { scans, stopWatches } = firestoreScans(db, { now, log, watch })
  const { jobs, stopWatches: stopJobs } = firestoreJobs(db, { now, log })
  const { albums, stopWatches: stopAlbums } = firestoreAlbums(db, { now, log })
  return {
    scans,
    faces: firestoreFaces(db, now),
    indexes: firestoreIndexes(db, now),
    jobs,
    uploads: firestoreUploads(db),
    albums,
    async close() {
      stopJobs()
      stopAlbums()
      await stopWatches()
      // The library sends the request of a listener from a timer. One that was closed just before would be sent by a
      // client that is terminated, and fail where nobody can catch it; this timer comes after that one.
      await sleep(1)
      await db.terminate()
    },
  }
}
