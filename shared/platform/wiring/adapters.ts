import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { ApiBase } from '../../drive/directory/download-url.ts'
import type { DirectoryDrive } from '../../drive/directory/drive.ts'
import type { DirectoryUpload } from '../../drive/directory/upload.ts'
import type { GoogleOrganiserOptions } from '../../drive/google/organiser.ts'
import type { Drive, OrganiserDrive, UploadDrive } from '../../drive/port.ts'
import type { FaceEngine } from '../../face/port.ts'
import type { DriveReader } from '../../google-auth/reader.ts'
import { type DiskImages, diskImages } from '../../jobs/image-source/disk.ts'
import { type ImageSource, imagesByPath } from '../../jobs/image-source/port.ts'
import type { TaskPublisher, TaskQueue } from '../../queue/port.ts'
import type { Store } from '../../store/port.ts'
import { type Config, ConfigError } from '../config.ts'
import { DATABASE_LOSS, openingInDataDir } from '../data-dir-error.ts'
import type { Log } from '../log.ts'
import { openSignature } from '../token-key.ts'

/**
 * Every adapter, opened from the configuration. Each is imported when it is opened, so that a function without a face
 * engine does not load one. Which of them belong together is said in local.ts and cloud.ts.
 */

/** The store of PLATFORM, for commands: SQLite beside a running server, or Firestore. */
export async function openStore(config: Config, log: Log): Promise<Store> {
  if (config.PLATFORM === 'cloud') return openFirestore(config, log)
  const { sqliteStore } = await import('../../store/sqlite/store.ts')
  return sqliteStore(await openLocalDatabase(config))
}

/** Rejects with DataDirError. */
export async function openLocalDatabase({ DATA_DIR: dataDir }: Config): Promise<DatabaseSync> {
  const { databaseFile, openDatabase } = await import('../../store/sqlite/database.ts')
  return openingInDataDir(databaseFile(dataDir), () => openDatabase(dataDir), DATABASE_LOSS)
}

export async function openFirestore(config: Config, log: Log): Promise<Store> {
  const { firestoreStore } = await import('../../store/firestore/store.ts')
  return firestoreStore({
    projectId: projectOf(config),
    databaseId: config.FIRESTORE_DATABASE,
    emulatorHost: config.FIRESTORE_EMULATOR_HOST,
    log,
  })
}

/** Pub/Sub's library is loaded with the first task: loading it takes longer than the rest of a function together. */
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
    // Pub/Sub cannot drop messages (see queue/pubsub/queue.ts), and is not loaded for that.
    purge: async () => {},
  }
}

async function loadPubsub(config: Config, log: Log): Promise<TaskQueue> {
  const [{ pubsubQueue }, { pubsubClient, PUBSUB_NAMES }] = await Promise.all([
    import('../../queue/pubsub/queue.ts'),
    import('../../queue/pubsub/topology.ts'),
  ])
  const client = pubsubClient({ projectId: projectOf(config), emulatorHost: config.PUBSUB_EMULATOR_HOST })
  return pubsubQueue(client, { names: { ...PUBSUB_NAMES, topic: config.FACE_MATCH_TOPIC }, log })
}

function projectOf({ GOOGLE_CLOUD_PROJECT: project }: Config): string {
  if (project === undefined) throw new ConfigError('GOOGLE_CLOUD_PROJECT: required in the cloud')
  return project
}

/** @param photosDir the directory that is served as the Drive */
export async function openDirectoryDrive(
  config: Config,
  photosDir: string,
  base: ApiBase,
): Promise<DirectoryDrive> {
  const { directoryDrive } = await import('../../drive/directory/drive.ts')
  return directoryDrive({ root: photosDir, base, signature: openSignature(config) })
}

/**
 * For albums: the directory that is served as the Drive, or Google Drive with the server's own right. Where none is configured,
 * its calls reject with the remedy.
 */
export async function openOrganiserDrive(
  config: Config,
  log: Log,
  directory: DirectoryDrive | undefined,
): Promise<OrganiserDrive> {
  if (directory) {
    const { directoryOrganiser } = await import('../../drive/directory/organiser.ts')
    return directoryOrganiser(directory)
  }
  const { driveReaders, NO_READER } = await import('../../google-auth/reader.ts')
  const readers = driveReaders(config, { log })
  return openReader(config, () => readers()[0] ?? NO_READER, rateLimits(config))
}

/** Google Drive, read with a right of this server. */
export async function openReader(
  { GOOGLE_API_ROOT: apiRoot }: Config,
  reader: () => DriveReader,
  options: Omit<GoogleOrganiserOptions, 'apiRoot' | 'reader'>,
): Promise<OrganiserDrive> {
  const { googleOrganiser } = await import('../../drive/google/organiser.ts')
  return googleOrganiser({ apiRoot, reader, ...options })
}

/** In the cloud, a task that waits is paid for by the second: after a minute its message waits instead. */
const rateLimits = ({ PLATFORM }: Config) =>
  PLATFORM === 'cloud' ? { rateLimitTimeoutMs: 60_000, busyWhenRateLimited: true } : {}

/** For starting scans: with tokens of this installation's OAuth client only, see `tokenAudience`. */
export async function openGuestDrive(config: Config, log: Log): Promise<Drive> {
  const [{ googleDrive }, { tokenAudience }] = await Promise.all([
    import('../../drive/google/drive.ts'),
    import('../../google-auth/token-audience.ts'),
  ])
  return googleDrive({
    apiRoot: config.GOOGLE_API_ROOT,
    checkToken: tokenAudience(config, log),
    ...rateLimits(config),
  })
}

/** Uploads that stay on this machine, in DATA_DIR/drive. */
export async function openDirectoryUpload(config: Config, base: ApiBase): Promise<DirectoryUpload> {
  const { directoryUpload } = await import('../../drive/directory/upload.ts')
  return directoryUpload({ root: join(config.DATA_DIR, 'drive'), base })
}

/** Uploads to Google Drive, authorised as the uploading account. */
export async function openGoogleUpload(config: Config, log: Log): Promise<UploadDrive> {
  const [{ googleUploadDrive }, { driveUploader }] = await Promise.all([
    import('../../drive/google/upload/drive.ts'),
    import('../../google-auth/uploader.ts'),
  ])
  return googleUploadDrive({ apiRoot: config.GOOGLE_API_ROOT, credentials: driveUploader(config, { log }) })
}

/**
 * Where uploads from one machine go, and the name of that place in manifests: Google Drive as soon as an account or a
 * folder is configured, else this machine.
 */
export async function openUploadDrive(
  config: Config,
  base: ApiBase,
  log: Log,
): Promise<{ drive: UploadDrive; name: 'google' | 'disk' }> {
  if (!uploadsToGoogle(config)) return { drive: await openDirectoryUpload(config, base), name: 'disk' }
  return { drive: await openGoogleUpload(config, log), name: 'google' }
}

/** Whether anything says so: on one machine uploads stay in DATA_DIR otherwise. */
export function uploadsToGoogle(config: Config): boolean {
  const { GOOGLE_REFRESH_TOKEN, TOKEN_FILE, GOOGLE_APPLICATION_CREDENTIALS, TARGET_FOLDER_ID } = config
  const google = GOOGLE_REFRESH_TOKEN ?? TOKEN_FILE ?? GOOGLE_APPLICATION_CREDENTIALS ?? TARGET_FOLDER_ID
  return google !== undefined || existsSync(join(config.DATA_DIR, 'token.json'))
}

/** The images of jobs. In the cloud none from disk: a job could name the function's own files. */
export function openImages(config: Config): ImageSource {
  const disk = config.PLATFORM === 'local' ? diskImages() : undefined
  return imagesByPath({ disk, cloudStorage: whenOpened(loadCloudStorage) })
}

async function loadCloudStorage(): Promise<ImageSource> {
  const { cloudStorageImages } = await import('../../jobs/image-source/cloud-storage.ts')
  return cloudStorageImages()
}

/** Google's library for Cloud Storage is loaded with the first object: most functions never need it. */
function whenOpened(load: () => Promise<ImageSource>): ImageSource {
  let loaded: Promise<ImageSource> | undefined
  return {
    async open(path) {
      loaded ??= load()
      return (await loaded).open(path)
    },
  }
}

/** Images on this machine, for commands: whoever runs one may read whatever file it names. */
export const openDiskImages = (): DiskImages => diskImages()

export async function openFace(config: Config): Promise<FaceEngine> {
  const { createFaceEngine } = await import('../../face/engine.ts')
  if (config.FACE_ENGINE === 'tfjs') {
    const { isRuntimeInstalled, RUNTIME_MISSING } = await import('../../face/tfjs/runtime.ts')
    if (!isRuntimeInstalled()) throw new ConfigError(`FACE_ENGINE: ${RUNTIME_MISSING}`)
  }
  return createFaceEngine({
    engine: config.FACE_ENGINE,
    detail: config.FACE_DETAIL,
    nets: config.FACE_NETS,
    // The build puts the nets beside the bundle.
    modelsDir: join(config.PLATFORM === 'cloud' ? import.meta.dirname : config.DATA_DIR, 'models'),
    concurrency: config.MATCH_CONCURRENCY,
    maxTasks: config.WORKER_MAX_TASKS,
  })
}

/**
 * What makes and keeps previews: at most two at a time, however many processors there are, since guests look at one photo each.
 *
 * @param directory that is served as the Drive, where there is one
 */
export async function openPreviews(config: Config, directory: DirectoryDrive | undefined) {
  const [{ createPreviewer }, { keptPreviews }] = await Promise.all([
    import('../../face/previewer.ts'),
    import('../../scan/previews/previews.ts'),
  ])
  const concurrency = Math.min(2, config.MATCH_CONCURRENCY)
  return {
    previewer: createPreviewer({ concurrency, maxTasks: config.WORKER_MAX_TASKS }),
    previews: keptPreviews(),
    anyToken: directory && 'any',
  }
}
