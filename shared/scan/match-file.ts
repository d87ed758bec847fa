import { AppError } from '../contract/app-error.ts'
import { type FileEvent, fileEventId, type Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { Drive, DriveFile, OrganiserDrive } from '../drive/port.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'
import type { Delivery } from '../queue/port.ts'
import { albumFaceFolder } from '../store/album-port.ts'
import type { FaceKey } from '../store/faces-port.ts'
import type { Scan } from '../store/port.ts'
import { type MoveOptions, moveOn, passOn, recordFile } from './advance.ts'
import { type AlbumScan, isAboutAuthorisation, isAlbumScan } from './album-scan.ts'
import { type AdvanceDeps, endAsTokenExpired, groupCount } from './end-scan.ts'
import { errorEvent, matchEvent } from './file-event.ts'
import { cachedFiles, faceKeys, knownFiles } from './folder-index/known-faces.ts'
import { openGroup } from './open-group.ts'
import type { TokenCipher } from './secrets/token-cipher.ts'

export interface MatchDeps extends AdvanceDeps {
  drive: Drive
  /** Reads the photos of albums. */
  organiser: Pick<OrganiserDrive, 'download'>
  face: FaceEngine
  cipher: TokenCipher
}

/**
 * How long one task may look up further groups, in milliseconds: well below the time limit of a function. The groups
 * after that become tasks, and those continue.
 */
export const MAX_LOOK_UP_TIME = 60_000
/** A task that takes longer than this many milliseconds, as in a rate limit, no longer holds up the files behind it. */
const SLOW_AFTER = 10_000

/**
 * Downloads and analyses the file of one task and ends it as exactly one event, however often the task is delivered.
 * A fault of the file itself becomes an `error` event; rejects only where a redelivery helps.
 */
export async function matchFile(
  task: Task,
  { attempt }: Delivery,
  deps: MatchDeps,
  { slowAfter = SLOW_AFTER }: { slowAfter?: number } = {},
): Promise<void> {
  const scan = await scanOf(task, deps)
  if (!scan || scan.ended || !scan.targets) return
  const download = downloadOf(scan, deps)
  if (download === undefined) return endAsTokenExpired(scan, deps)

  const lookUp = { knownFiles: knownFiles(deps), until: deps.now() + MAX_LOOK_UP_TIME }
  const options: MoveOptions = { lookUp, again: attempt > 1 }
  const group = await openGroup(scan, task.group, deps, lookUp)
  if (!group) return
  const mayBeKnown = options.again || group.opening.look_up
  // Only once: in a long rate limit every redelivery would otherwise bring another copy of the next file.
  const slow =
    attempt === 1 ? passOnAfter(slowAfter, () => passOn(scan, task, deps, options), deps) : undefined
  let event: Unstored<FileEvent> | undefined
  try {
    const known = mayBeKnown ? await knownEvent(task, scan, deps) : undefined
    event =
      known === 'recorded'
        ? undefined
        : (known ?? (await newEvent(task, { ...scan, targets: scan.targets }, download, deps)))
  } catch (error) {
    if (isAboutAuthorisation(error)) {
      if (isAlbumScan(scan)) await deps.albums.stopped(scan, error)
      return endAsTokenExpired(scan, deps)
    }
    if (!(error instanceof AppError) || error.code === 'busy') throw error
    const about = { scan_id: scan.scan_id, file_id: task.file_id, code: error.code, err: error.cause }
    deps.log.warn(about, error.message)
    event = errorEvent(task, error.code, error.message)
  } finally {
    slow?.cancel()
  }
  const passedOn = await slow?.passedOn()
  if (event) await recordFile(scan, task, event, deps, { ...options, passedOn: passedOn ?? false })
  else if (options.again) await moveOn(scan, task, deps, options)
  if (isAlbumScan(scan)) await show(scan, task.group, deps)
}

/** What fails here is made up for as the group closes. */
async function show(scan: AlbumScan, group: number, { albums, log }: MatchDeps): Promise<void> {
  await albums.show(scan, group).catch((error: unknown) => {
    log.warn({ scan_id: scan.scan_id, group, err: error }, 'photos of an album will be published later')
  })
}

type Download = (file: DriveFile) => Promise<Uint8Array>

/** Undefined where the scan's token cannot be read, as after its end. */
function downloadOf(scan: Scan, { drive, organiser, cipher }: MatchDeps): Download | undefined {
  if (isAlbumScan(scan)) return (file) => organiser.download(file)
  const token = scan.access_token && cipher.decrypt(scan.scan_id, scan.access_token)
  return token === undefined ? undefined : (file) => drive.download(file, token)
}

/** As it was read lately, unless the task's file has been listed since. */
async function scanOf({ scan_id, group }: Task, { store, recent }: MatchDeps): Promise<Scan | undefined> {
  const read = () => recent.scan(scan_id, () => store.scans.get(scan_id))
  const scan = await read()
  if (!scan?.listing || group < groupCount(scan)) return scan
  recent.forget(scan_id)
  return read()
}

/** Takes a token on before its file is finished. */
function passOnAfter(ms: number, pass: () => Promise<void>, { log }: MatchDeps) {
  let passing: Promise<boolean> | undefined
  const timer = setTimeout(() => {
    passing = pass().then(
      () => true,
      (error: unknown) => {
        log.warn({ err: error }, 'could not publish the next file of a scan ahead of a slow one')
        return false
      },
    )
  }, ms)
  return { cancel: () => clearTimeout(timer), passedOn: async () => (await passing) ?? false }
}

/** Ends a file that no worker could process as an error, so that its scan completes. */
export async function giveUpFile(task: Task, deps: AdvanceDeps): Promise<void> {
  const scan = await deps.store.scans.get(task.scan_id)
  if (!scan || scan.ended) return
  deps.log.error(
    { scan_id: task.scan_id, file_id: task.file_id },
    'gave up on a file after repeated failures',
  )
  const event = errorEvent(task, 'worker_failed', 'The file could not be processed after repeated attempts.')
  await recordFile(scan, task, event, deps, { again: true })
}

/** What is known of the task's file: its event, or that it has one, which is looked for where its faces cannot be known. */
async function knownEvent(
  task: Task,
  scan: Scan,
  deps: MatchDeps,
): Promise<Unstored<FileEvent> | 'recorded' | undefined> {
  if (faceKeys(task, scan, deps).length > 0) {
    return (await cachedFiles(deps).events(scan, [task])).get(task.file_id)
  }
  const recorded = await deps.store.scans.has(scan.scan_id, fileEventId(task.file_id))
  return recorded ? 'recorded' : undefined
}

async function newEvent(
  task: Task,
  scan: Scan & { targets: Float32Array },
  download: Download,
  deps: MatchDeps,
): Promise<Unstored<FileEvent>> {
  // Another version or configuration has started since. Its descriptors may differ even in length.
  if (!scan.album && scan.engine_id !== deps.face.id) {
    throw new AppError(
      'worker_failed',
      'The server was changed while this scan ran, so that the selfie can no longer be compared. Start a new scan.',
    )
  }
  const file = { ...task, id: task.file_id, name: task.file_name }
  const bytes = await download(file)
  const keys = faceKeys(task, scan, deps)
  const analysis = await deps.face.analyse(bytes, { kind: 'photo', thumbnail: keys.length > 0 })
  if (analysis.damage !== undefined) {
    const about = { scan_id: scan.scan_id, file_id: task.file_id, reason: analysis.damage }
    deps.log.warn(about, 'a damaged photo was searched')
  }
  for (const key of keys) await cacheFaces(key, scan, analysis, deps)
  return matchEvent(task, analysis, scan.targets, deps)
}

async function cacheFaces(key: FaceKey, scan: Scan, analysis: Analysis, deps: MatchDeps): Promise<void> {
  const { album } = scan
  await deps.store.faces.put({
    ...key,
    ...analysis,
    folder_id: album ? albumFaceFolder(album.album_id) : scan.folder.id,
    thumbnail: analysis.thumbnail,
    expire_at: album ? album.keep_faces_until : deps.now() + deps.keepFacesFor,
  })
  // Faces of an album live long. Whoever erases one erases its scans before its faces, so that one of the two removes these.
  if (album && !(await deps.store.scans.get(scan.scan_id))) await deps.store.faces.remove([key.file_id])
  // Erased meanwhile: these faces came too late for that, and nobody would delete them for months.
  if (album && !(await deps.store.scans.get(scan.scan_id))) await deps.store.faces.remove([key.file_id])
}
