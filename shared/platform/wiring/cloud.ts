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
  openOrganiserDrive,
  openPreviews,
  openPubsub,
} from './adapters.ts'
import { albumParts, scanSettings, uploadSettings } from './settings.ts'

/**
 * Google Cloud: Firestore, Pub/Sub and Google Drive, for one function at a time. PHOTOS_DIR puts a directory of this
 * machine in the place of the Drive, as `npm run emulate` does.
 */

/** For starting scans and for searching albums. */
export async function openScanning(config: Config, log: Log) {
  const { API_BASE_URL: apiBaseUrl = '' } = config
  const queue = openPubsub(config, log)
  const [store, drive, face] = await Promise.all([
    openFirestore(config, log),
    openDirectory(config).then((directory) => directory ?? openGuestDrive(config, log)),
    // An instance analyses one photo while it downloads the next; in the cloud MATCH_CONCURRENCY counts instances.
    openFace({ ...config, MATCH_CONCURRENCY: 1 }),
  ])
  return {
    store,
    queue,
    drive,
    face,
    log,
    ...scanSettings(config),
    ...albumParts(store, { apiBaseUrl }),
  }
}

/** For matching the files of scans, and those of albums, which are read with the organiser's authorisation. */
export async function openMatching(config: Config, log: Log) {
  const [scanning, organiser] = await Promise.all([openScanning(config, log), openOrganiser(config, log)])
  return { ...scanning, organiser }
}

const openOrganiser = async (config: Config, log: Log) =>
  openOrganiserDrive(config, log, await openDirectory(config))

const openDirectory = async (config: Config) =>
  config.PHOTOS_DIR === undefined
    ? undefined
    : openDirectoryDrive(config, config.PHOTOS_DIR, { apiBaseUrl: config.API_BASE_URL ?? '' })

/** For reading and erasing scans: clients poll, so this must not start the face engine. */
export async function openResults(config: Config, log: Log) {
  return {
    store: await openFirestore(config, log),
    queue: openPubsub(config, log),
    matchDistance: config.MATCH_DISTANCE,
    log,
  }
}

/**
 * For previews of photos, which are made from the originals: with the token of the guest, as the organiser of an album, or of
 * uploads as the account that uploads.
 */
export async function openPreviewing(config: Config, log: Log) {
  const directory = await openDirectory(config)
  const { API_BASE_URL: apiBaseUrl = '' } = config
  const [store, drive, organiser, pictures, previewing] = await Promise.all([
    openFirestore(config, log),
    directory ?? openGuestDrive(config, log),
    openOrganiserDrive(config, log, directory),
    directory ? openDirectoryUpload(config, { apiBaseUrl }) : openGoogleUpload(config, log),
    openPreviews({ ...config, MATCH_CONCURRENCY: 1 }, directory),
  ])
  const { albumIndexes } = albumParts(store, { apiBaseUrl })
  return { store, drive, organiser, pictures, albumIndexes, ...previewing, now: Date.now }
}

/** For moving scans on without looking at photos, nor at the Drive. */
export async function openAdvancing(config: Config, log: Log) {
  const { PHOTOS_DIR: photosDir, API_BASE_URL: apiBaseUrl = '' } = config
  const store = await openFirestore(config, log)
  return {
    store,
    queue: openPubsub(config, log),
    ...albumParts(store, { apiBaseUrl }),
    drive: {
      downloadUrl:
        photosDir === undefined
          ? googleDownloadUrl
          : directoryDownloadUrl({ apiBaseUrl }, openSignature(config)),
    },
    matchDistance: config.MATCH_DISTANCE,
    keepFacesFor: config.FACE_CACHE_HOURS * 3_600_000,
    recent: recently(),
    log,
    now: Date.now,
  }
}

/** For albums: their folders are listed, and their photos handed out, with the organiser's authorisation. */
export async function openAlbums(config: Config, log: Log) {
  const [advancing, organiser] = await Promise.all([openAdvancing(config, log), openOrganiser(config, log)])
  return { ...advancing, organiser }
}

/** For uploads of finished jobs and of single files. */
export async function openUploading(config: Config, log: Log) {
  const { API_BASE_URL: apiBaseUrl, PHOTOS_DIR: photosDir } = config
  if (apiBaseUrl === undefined) throw new ConfigError('API_BASE_URL: required in the cloud')
  const [store, drive] = await Promise.all([
    openFirestore(config, log),
    photosDir === undefined ? openGoogleUpload(config, log) : openDirectoryUpload(config, { apiBaseUrl }),
  ])
  return {
    jobs: store.jobs,
    uploads: store.uploads,
    drive,
    uploadsTo: photosDir === undefined ? 'google' : 'disk',
    log,
    ...uploadSettings(config),
    apiBaseUrl,
  }
}
