import { AppError, hasCode } from '../contract/app-error.ts'
import { type FileEvent, fileEventId, type Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { Drive } from '../drive/port.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'
import type { Log } from '../platform/log.ts'
import type { TaskPublisher } from '../queue/port.ts'
import type { FaceStore, Scan, ScanStore } from '../store/port.ts'
import { type AdvanceDeps, advance, endAsTokenExpired, recordFiles } from './advance.ts'
import { errorEvent, matchEvent } from './file-event.ts'
import { faceKey, knownFiles } from './known-faces.ts'
import type { TokenCipher } from './token-cipher.ts'

export interface MatchDeps {
  store: { scans: ScanStore; faces: FaceStore }
  queue: TaskPublisher
  drive: Drive
  face: FaceEngine
  cipher: TokenCipher
  log: Log
  /** Milliseconds since 1970. */
  now: () => number
  /** Faces closer than this are the same person. */
  matchDistance: number
  /** How long the faces of a file are cached, in milliseconds; with 0 they are not. */
  keepFacesFor: number
}

/**
 * How long one task may look up further groups, in milliseconds: well below the time limit of a function. The groups
 * after that become tasks, and those continue.
 */
const MAX_LOOK_UP_TIME = 60_000

/**
 * Downloads and analyses the file of one task and ends it as exactly one event, however often the task is delivered.
 * A fault of the file itself becomes an `error` event; rejects only where a redelivery helps.
 */
export async function matchFile(task: Task, deps: MatchDeps): Promise<void> {
  const { scans, faces } = deps.store
  const [scan, recorded] = await Promise.all([
    scans.get(task.scan_id),
    scans.has(task.scan_id, fileEventId(task.file_id)),
  ])
  if (!scan || scan.ended || !scan.targets || !scan.access_token) return
  const files = knownFiles(faces, deps, deps.keepFacesFor)
  const advancing: AdvanceDeps = { ...deps, knownFiles: files }
  const limit = { lookUpUntil: deps.now() + MAX_LOOK_UP_TIME }
  if (recorded) return advance(scan, task.group, advancing, { ...limit, repair: true })

  const accessToken = deps.cipher.decrypt(scan.scan_id, scan.access_token)
  if (accessToken === undefined) return endAsTokenExpired(scan, deps)

  let event: Unstored<FileEvent>
  try {
    const known = (await files.events(scan, [task])).get(task.file_id)
    event = known ?? (await analyse(task, { ...scan, targets: scan.targets }, accessToken, deps))
  } catch (error) {
    if (hasCode(error, 'token_expired')) return endAsTokenExpired(scan, deps)
    if (!(error instanceof AppError)) throw error
    const about = { scan_id: scan.scan_id, file_id: task.file_id, code: error.code, err: error.cause }
    deps.log.warn(about, error.message)
    event = errorEvent(task, error.code, error.message)
  }
  await recordFiles(scan, task.group, [event], advancing, limit)
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
  await recordFiles(scan, task.group, [event], deps)
}

async function analyse(
  task: Task,
  scan: Scan & { targets: Float32Array },
  accessToken: string,
  deps: MatchDeps,
): Promise<Unstored<FileEvent>> {
  // Another version or configuration has started since. Its descriptors may differ even in length.
  if (scan.engine_id !== deps.face.id) {
    throw new AppError(
      'worker_failed',
      'The server was changed while this scan ran, so that the selfie can no longer be compared. Start a new scan.',
    )
  }
  const file = { ...task, id: task.file_id, name: task.file_name }
  const bytes = await deps.drive.download(file, accessToken)
  const analysis = await deps.face.analyse(bytes, { kind: 'photo', thumbnail: deps.keepFacesFor > 0 })
  await cacheFaces(task, scan, analysis, deps)
  return matchEvent(task, analysis, scan.targets, deps)
}

async function cacheFaces(task: Task, scan: Scan, analysis: Analysis, deps: MatchDeps): Promise<void> {
  if (deps.keepFacesFor === 0) return
  for (const key of faceKey(task, deps.face.id)) {
    await deps.store.faces.put({
      ...key,
      ...analysis,
      folder_id: scan.folder.id,
      thumbnail: analysis.thumbnail,
      expire_at: deps.now() + deps.keepFacesFor,
    })
  }
}
