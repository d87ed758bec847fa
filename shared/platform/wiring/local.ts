import type { ApiBase } from '../../drive/directory/download-url.ts'
import { isStoredId } from '../../drive/ids.ts'
import type { TaskQueue } from '../../queue/port.ts'
import type { Store } from '../../store/port.ts'
import type { Closing } from '../closing.ts'
import type { Config } from '../config.ts'
import { lockDataDir } from '../data-dir-lock.ts'
import type { Log } from '../log.ts'
import { openSignature } from '../token-key.ts'
import {
  openDirectoryDrive,
  openDirectoryUpload,
  openFace,
  openGuestDrive,
  openLocalDatabase,
  openOrganiserDrive,
  openPreviews,
  openUploadDrive,
} from './adapters.ts'
import { albumParts, scanSettings, uploadSettings } from './settings.ts'

/** One machine: SQLite for the store and the queue, a directory or Google Drive for the photos, all in one process. */

/**
 * The store and the queue in DATA_DIR, which belong to this process until `closing` ends.
 * Rejects with DataDirLockedError while another process has them, and with DataDirError where they cannot be opened.
 */
export async function openLocalStore(
  config: Config,
  log: Log,
  closing: Closing,
): Promise<{ store: Store; queue: TaskQueue }> {
  closing.add(lockDataDir(config.DATA_DIR))
  const [db, { sqliteStore }, { releaseClaims }, { localQueue }] = await Promise.all([
    openLocalDatabase(config),
    import('../../store/sqlite/store.ts'),
    import('../../store/sqlite/jobs.ts'),
    import('../../queue/sqlite/queue.ts'),
  ])
  const store = sqliteStore(db)
  closing.add(() => store.close())
  // Whoever held them is dead: the lock says so.
  releaseClaims(db)
  return { store, queue: localQueue(db, { log }) }
}

export interface LocalPartsOptions {
  store: Store
  queue: TaskQueue
  log: Log
  /** Served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  base: ApiBase
}

/** Everything else: what scans and uploads use, and where files are served from. */
export async function openLocalParts(
  config: Config,
  { store, queue, log, photosDir, base }: LocalPartsOptions,
  closing: Closing,
) {
  const directoryDrive =
    photosDir === undefined ? undefined : await openDirectoryDrive(config, photosDir, base)
  const drive = directoryDrive ?? (await openGuestDrive(config, log))
  const organiser = await openOrganiserDrive(config, log, directoryDrive)
  const settings = { ...scanSettings(config), ...albumParts(store, base) }
  const face = await openFace(config)
  closing.add(() => face.close())
  const previewing = await openPreviews(config, directoryDrive)
  closing.add(() => previewing.previewer.close())
  const uploadDrive = await openUploadDrive(config, base, log)
  const stored = await openDirectoryUpload(config, base)
  return {
    scanning: { store, queue, drive, organiser, face, log, ...settings },
    previewing,
    uploading: {
      jobs: store.jobs,
      uploads: store.uploads,
      drive: uploadDrive.drive,
      uploadsTo: uploadDrive.name,
      log,
      ...uploadSettings(config),
      get apiBaseUrl() {
        return base.apiBaseUrl
      },
    },
    uploadsTo: uploadDrive.name,
    /** The directory that is served as the Drive, where there is one. */
    directoryDrive,
    /** Of links to files of that directory. */
    signature: openSignature(config),
    /** Uploads that are kept on this machine. */
    stored,
    pictures: {
      picture: (fileId: string) => (isStoredId(fileId) ? stored : uploadDrive.drive).picture(fileId),
    },
  }
}
