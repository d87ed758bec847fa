import { directoryDownloadUrl } from '../../drive/directory/download-url.ts'
import { googleDownloadUrl } from '../../drive/google/download-url.ts'
import { recently } from '../../scan/recent.ts'
import { type Config, ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { openSignature } from '../token-key.ts'
import {
  openDirectoryDrive,
  openDirectoryUpload,
  openFace,
  openFirestore,
  openGoogleUpload,
  openGuestDrive,
  openPubsub,
} from './adapters.ts'
import { scanSettings, uploadSettings } from './settings.ts'

/**
 * Google Cloud: Firestore, Pub/Sub and Google Drive, for one function at a time. PHOTOS_DIR puts a directory of this
 * machine in the place of the Drive, as `npm run emulate` does.
 */

/** For starting scans and for matching their files. */
export async function openScanning(config: Config, log: Log) {
  const { PHOTOS_DIR: photosDir, API_BASE_URL: apiBaseUrl = '' } = config
  const queue = openPubsub(config, log)
  const [store, drive, face] = await Promise.all([
    openFirestore(config, log),
    photosDir === undefined ? openGuestDrive(config, log) : openDirectoryDrive(config, photosDir, apiBaseUrl),
    // An instance analyses one photo while it downloads the next; in the cloud MATCH_CONCURRENCY counts instances.
    openFace({ ...config, MATCH_CONCURRENCY: 1 }),
  ])
  return { store, queue, drive, face, log, ...scanSettings(config) }
}

/** For reading and erasing scans: clients poll, so this must not start the face engine. */
export async function openResults(config: Config, log: Log) {
  return { store: await openFirestore(config, log), queue: openPubsub(config, log), log }
}

/** For moving scans on without looking at photos, nor at the Drive. */
export async function openAdvancing(config: Config, log: Log) {
  const { PHOTOS_DIR: photosDir, API_BASE_URL: apiBaseUrl = '' } = config
  return {
    store: await openFirestore(config, log),
    queue: openPubsub(config, log),
    drive: {
      downloadUrl:
        photosDir === undefined ? googleDownloadUrl : directoryDownloadUrl(apiBaseUrl, openSignature(config)),
    },
    matchDistance: config.MATCH_DISTANCE,
    keepFacesFor: config.FACE_CACHE_HOURS * 3_600_000,
    recent: recently(),
    log,
    now: Date.now,
  }
}

/** For uploads of finished jobs and of single files. */
export async function openUploading(config: Config, log: Log) {
  const { API_BASE_URL: apiBaseUrl, PHOTOS_DIR: photosDir } = config
  if (apiBaseUrl === undefined) throw new ConfigError('API_BASE_URL: required in the cloud')
  const [store, drive] = await Promise.all([
    openFirestore(config, log),
    photosDir === undefined ? openGoogleUpload(config, log) : openDirectoryUpload(config, apiBaseUrl),
  ])
  return { jobs: store.jobs, drive, log, ...uploadSettings(config, apiBaseUrl) }
}
