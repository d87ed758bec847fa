import { albumIndexes } from '../../albums/album-index.ts'
import { indexPhotos } from '../../albums/index-photos.ts'
import type { ApiBase } from '../../drive/directory/download-url.ts'
import { uploadSlots } from '../../jobs/upload-slots.ts'
import { recently } from '../../scan/recent.ts'
import type { Store } from '../../store/port.ts'
import type { Config } from '../config.ts'
import { openCipher } from '../token-key.ts'
import { openImages } from './adapters.ts'

/** What the domain takes from the configuration, the same on one machine and in the cloud. */

/** Photos that one worker analyses in an hour: a thread 38,000 of one face, fewer where photos are large or show groups. */
const FILES_PER_HOUR = 30_000
/** One photo that is analysed and one that is downloaded meanwhile: the concurrency of face-match in infra/functions.tf. */
export const TASKS_PER_INSTANCE = 2

export const scanSettings = (config: Config) => ({
  cipher: openCipher(config),
  now: Date.now,
  matchDistance: config.MATCH_DISTANCE,
  keepFacesFor: config.FACE_CACHE_HOURS * 3_600_000,
  recent: recently(),
  maxRunning: config.SCAN_MAX_RUNNING,
  maxRunningOfNetwork: config.SCAN_MAX_RUNNING_ADDRESS,
  startedFrom: new Map<string, string>(),
  maxBacklog: config.SCAN_MAX_BACKLOG ?? FILES_PER_HOUR * config.MATCH_CONCURRENCY,
})

/** What scans of albums and searches in them take. */
export function albumParts(store: Store, base: ApiBase) {
  const indexes = albumIndexes(store.albums)
  return {
    albumIndexes: indexes,
    albums: indexPhotos({ store, albumIndexes: indexes, now: Date.now }),
    photoUrl: (albumId: string, fileId: string, scanId: string) =>
      `${base.apiBaseUrl}/albums/${albumId}/photos/${encodeURIComponent(fileId)}?scan_id=${scanId}`,
  }
}

/** All but the public address. */
export const uploadSettings = (config: Config) => ({
  folderId: config.TARGET_FOLDER_ID,
  qrTarget: config.QR_TARGET,
  from: config.DRIVE_UPLOAD_SOURCE,
  images: openImages(config),
  slots: uploadSlots(),
  now: Date.now,
})
