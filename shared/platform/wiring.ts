import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { DirectoryDrive } from '../drive/directory/drive.ts'
import type { DirectoryUpload } from '../drive/directory/upload.ts'
import type { Drive, UploadDrive } from '../drive/port.ts'
import type { FaceEngine } from '../face/port.ts'
import { cloudStorageImages } from '../jobs/image-source/cloud-storage.ts'
import { type DiskImages, diskImages } from '../jobs/image-source/disk.ts'
import { type ImageSource, imagesByPath } from '../jobs/image-source/port.ts'
import { uploadSlots } from '../jobs/upload-slots.ts'
import type { TaskPublisher, TaskQueue } from '../queue/port.ts'
import { type TokenCipher, TokenKeyError, tokenCipher } from '../scan/token-cipher.ts'
import type { Store } from '../store/port.ts'
import { type Config, ConfigError } from './config.ts'
import type { Log } from './log.ts'

/**
 * The only place that chooses adapters. Each is imported when it is opened, so that a function that needs no face
 * engine does not load one.
 */

export async function openEmbedded(
  config: Config,
  log: Log,
): Promise<{ store: Store; queue: TaskQueue; db: DatabaseSync }> {
  const { openDatabase } = await import('../store/sqlite/database.ts')
  const { sqliteStore } = await import('../store/sqlite/store.ts')
  const { localQueue } = await import('../queue/sqlite/queue.ts')
  const db = openDatabase(config.DATA_DIR)
  return { store: sqliteStore(db), queue: localQueue(db, { log }), db }
}

export async function openFirestore(config: Config, log: Log): Promise<Store> {
  const { firestoreStore } = await import('../store/firestore/store.ts')
  return firestoreStore({ projectId: projectOf(config), emulatorHost: config.FIRESTORE_EMULATOR_HOST, log })
}

/** Pub/Sub's library is loaded with the first task: it takes longer than all the rest of a function. */
export function openPubsub(config: Config, log: Log): TaskPublisher {
  let opened: Promise<TaskQueue> | undefined
  const queue = () => {
    opened ??= loadPubsub(config, log)
    return opened
  }
  return {
    publish: async (tasks) => {
      if (tasks.length > 0) await (await queue()).publish(tasks)
    },
    // Pub/Sub cannot drop messages (see queue/pubsub.ts), and is not loaded for that.
    purge: async () => {},
  }
}

async function loadPubsub(config: Config, log: Log): Promise<TaskQueue> {
  const [{ pubsubQueue }, { pubsubClient, PUBSUB_NAMES }] = await Promise.all([
    import('../queue/pubsub/queue.ts'),
    import('../queue/pubsub/topology.ts'),
  ])
  const client = pubsubClient({ projectId: projectOf(config), emulatorHost: config.PUBSUB_EMULATOR_HOST })
  return pubsubQueue(client, { names: { ...PUBSUB_NAMES, topic: config.FACE_MATCH_TOPIC }, log })
}

function projectOf({ GOOGLE_CLOUD_PROJECT: project }: Config): string {
  if (project === undefined) throw new ConfigError('GOOGLE_CLOUD_PROJECT: required in the cloud')
  return project
}

/** What starting a scan and matching its files need, in the cloud. */
export async function openScanning(config: Config, log: Log) {
  const queue = openPubsub(config, log)
  const [store, drive, face] = await Promise.all([
    openFirestore(config, log),
    openDrive(config),
    // An instance has one photo at a time; there MATCH_CONCURRENCY counts instances.
    openFace({ ...config, MATCH_CONCURRENCY: 1 }),
  ])
  return { store, queue, drive, face, log, ...scanSettings(config) }
}

/** What scanning takes from the configuration, the same on one machine and in the cloud. */
export const scanSettings = (config: Config) => ({
  cipher: openCipher(config),
  now: Date.now,
  matchDistance: config.MATCH_DISTANCE,
  keepFacesFor: config.FACE_CACHE_HOURS * 3_600_000,
})

/** The Drive a function reads: PHOTOS_DIR where it is set, else Google's. */
export function openDrive(config: Config): Promise<Drive> {
  const { PHOTOS_DIR: photosDir, API_BASE_URL: apiBaseUrl = '' } = config
  return photosDir === undefined ? openGoogleDrive(config) : openDirectoryDrive(photosDir, apiBaseUrl)
}

/** @param photosDir the directory that stands for the Drive */
export async function openDirectoryDrive(photosDir: string, apiBaseUrl: string): Promise<DirectoryDrive> {
  const { directoryDrive } = await import('../drive/directory/drive.ts')
  return directoryDrive({ root: photosDir, apiBaseUrl })
}

export async function openGoogleDrive(config: Config): Promise<Drive> {
  const { googleDrive } = await import('../drive/google/drive.ts')
  return googleDrive({ apiRoot: config.GOOGLE_API_ROOT })
}

/** Uploads that are kept on this machine, in DATA_DIR/drive. */
export async function openDirectoryUpload(config: Config, apiBaseUrl: string): Promise<DirectoryUpload> {
  const { directoryUpload } = await import('../drive/directory/upload.ts')
  return directoryUpload({ root: join(config.DATA_DIR, 'drive'), apiBaseUrl })
}

/** Uploads to Google Drive, with the uploader's own authorisation. */
export async function openGoogleUpload(config: Config, log: Log): Promise<UploadDrive> {
  const [{ googleUploadDrive }, { driveUploader }] = await Promise.all([
    import('../drive/google/upload/drive.ts'),
    import('../google-auth/uploader.ts'),
  ])
  return googleUploadDrive({ apiRoot: config.GOOGLE_API_ROOT, credentials: driveUploader(config, { log }) })
}

/**
 * Where uploads go, and its name in manifests: to Google Drive as soon as anything says whose, or which folder of it;
 * else they stay on this machine.
 */
export async function openUploadDrive(
  config: Config,
  apiBaseUrl: string,
  log: Log,
): Promise<{ drive: UploadDrive; name: 'google' | 'disk' }> {
  const { GOOGLE_REFRESH_TOKEN, TOKEN_FILE, GOOGLE_APPLICATION_CREDENTIALS, TARGET_FOLDER_ID } = config
  const named = GOOGLE_REFRESH_TOKEN ?? TOKEN_FILE ?? GOOGLE_APPLICATION_CREDENTIALS ?? TARGET_FOLDER_ID
  if (named === undefined && !existsSync(join(config.DATA_DIR, 'token.json'))) {
    return { drive: await openDirectoryUpload(config, apiBaseUrl), name: 'disk' }
  }
  return { drive: await openGoogleUpload(config, log), name: 'google' }
}

/** The images of jobs. In the cloud none on disk: a job could name the function's own files. */
export function openImages(config: Config): ImageSource {
  const disk = config.PLATFORM === 'local' ? diskImages() : undefined
  return imagesByPath({ disk, cloudStorage: cloudStorageImages() })
}

/** Images on this machine, for commands: whoever runs one may read whatever file it names. */
export const openDiskImages = (): DiskImages => diskImages()

/** What uploads take from the configuration, the same on one machine and in the cloud. */
export const uploadSettings = (config: Config, apiBaseUrl: string) => ({
  folderId: config.TARGET_FOLDER_ID,
  apiBaseUrl,
  from: config.DRIVE_UPLOAD_SOURCE,
  images: openImages(config),
  slots: uploadSlots(),
  now: Date.now,
})

/** What uploading needs, in the cloud: where PHOTOS_DIR stands for the Drive, uploads stay on this machine too. */
export async function openUploading(config: Config, log: Log) {
  const { API_BASE_URL: apiBaseUrl, PHOTOS_DIR: photosDir } = config
  if (apiBaseUrl === undefined) throw new ConfigError('API_BASE_URL: required in the cloud')
  const [store, drive] = await Promise.all([
    openFirestore(config, log),
    photosDir === undefined ? openGoogleUpload(config, log) : openDirectoryUpload(config, apiBaseUrl),
  ])
  return { jobs: store.jobs, drive, log, ...uploadSettings(config, apiBaseUrl) }
}

export async function openFace(config: Config): Promise<FaceEngine> {
  const { createFaceEngine } = await import('../face/engine.ts')
  if (config.FACE_ENGINE === 'tfjs') {
    const { isRuntimeInstalled, RUNTIME_MISSING } = await import('../face/tfjs/runtime.ts')
    if (!isRuntimeInstalled()) throw new ConfigError(`FACE_ENGINE: ${RUNTIME_MISSING}`)
  }
  return createFaceEngine({
    engine: config.FACE_ENGINE,
    detail: config.FACE_DETAIL,
    // The build puts the nets beside the bundle.
    modelsDir: join(config.PLATFORM === 'cloud' ? import.meta.dirname : config.DATA_DIR, 'models'),
    concurrency: config.MATCH_CONCURRENCY,
    maxTasks: config.WORKER_MAX_TASKS,
  })
}

/** The cipher for access tokens; without a configured key one is generated beside the data it protects. */
export function openCipher(config: Config): TokenCipher {
  if (config.PLATFORM === 'cloud' && config.TOKEN_ENCRYPTION_KEY === undefined) {
    throw new ConfigError('TOKEN_ENCRYPTION_KEY: required in the cloud')
  }
  try {
    return tokenCipher(config.TOKEN_ENCRYPTION_KEY ?? keyInDataDir(config.DATA_DIR))
  } catch (error) {
    if (error instanceof TokenKeyError) throw new ConfigError(`TOKEN_ENCRYPTION_KEY: ${error.message}`)
    throw error
  }
}

function keyInDataDir(dataDir: string): string {
  const file = join(dataDir, 'token.key')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    // Renamed, so that a kill on the way leaves no half of a key.
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
    renameSync(draft, file)
  }
  return readFileSync(file, 'utf8').trim()
}
