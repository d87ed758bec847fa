import { type FileErrorEvent, type FileEvent, fileEventId, type Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { Drive } from '../drive/port.ts'
import { AppError, type ErrorCode, hasCode } from '../errors.ts'
import { closestFace } from '../face/distance.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'
import { type AdvanceDeps, advance, endAsTokenExpired, recordFiles } from './advance.ts'
import type { TokenCipher } from './token-cipher.ts'

export interface MatchDeps extends AdvanceDeps {
  drive: Drive
  face: FaceEngine
  cipher: TokenCipher
  /** Faces closer than this are the same person. */
  matchDistance: number
}

/**
 * One task: the file is downloaded, analysed and ends as exactly one event, however often the task is delivered.
 * What is wrong with the file itself becomes an `error` event; throws only what is worth a redelivery.
 */
export async function matchFile(task: Task, deps: MatchDeps): Promise<void> {
  const { scans } = deps.store
  const eventId = fileEventId(task.file_id)
  const [scan, recorded] = await Promise.all([scans.get(task.scan_id), scans.has(task.scan_id, eventId)])
  if (!scan || scan.ended || !scan.targets || !scan.access_token) return
  if (recorded) return advance(scan, task.group, { mend: true }, deps)

  const accessToken = deps.cipher.decrypt(scan.scan_id, scan.access_token)
  if (accessToken === undefined) return endAsTokenExpired(scan, deps)

  let event: Unstored<FileEvent>
  try {
    const analysis = await analyseFile(task, accessToken, deps)
    event = toEvent(task, analysis, scan.targets, deps)
  } catch (error) {
    if (hasCode(error, 'token_expired')) return endAsTokenExpired(scan, deps)
    if (!(error instanceof AppError)) throw error
    deps.log.warn(
      { scan_id: scan.scan_id, file_id: task.file_id, code: error.code, err: error.cause },
      error.message,
    )
    event = errorEvent(task, error.code, error.message)
  }
  await recordFiles(scan, task.group, [event], deps)
}

/** Ends a file that no worker could process, so that its scan completes. */
export async function giveUpFile(task: Task, deps: AdvanceDeps): Promise<void> {
  const scan = await deps.store.scans.get(task.scan_id)
  if (!scan || scan.ended) return
  deps.log.error({ scan_id: task.scan_id, file_id: task.file_id }, 'file given up after repeated failures')
  const event = errorEvent(task, 'worker_failed', 'The file could not be processed after repeated attempts.')
  await recordFiles(scan, task.group, [event], deps)
}

async function analyseFile(task: Task, accessToken: string, deps: MatchDeps): Promise<Analysis> {
  const file = { ...task, id: task.file_id, name: task.file_name }
  const bytes = await deps.drive.download(file, accessToken)
  return deps.face.analyse(bytes, { kind: 'photo' })
}

function toEvent(
  task: Task,
  analysis: Analysis,
  targets: Float32Array,
  deps: Pick<MatchDeps, 'drive' | 'matchDistance'>,
): Unstored<FileEvent> {
  const about = aboutFile(task)
  const closest = closestFace(targets, analysis.faces)
  if (!closest) return { type: 'progress', ...about, status: 'no_face_found' }
  if (closest.distance >= deps.matchDistance) return { type: 'progress', ...about, status: 'no_match' }
  return {
    type: 'match',
    ...about,
    status: 'match',
    download_url: deps.drive.downloadUrl(task.file_id),
    distance: Math.round(closest.distance * 1e4) / 1e4,
    box: closest.face.box,
    image: { width: analysis.width, height: analysis.height },
  }
}

type FileOfScan = Pick<Task, 'scan_id' | 'file_id' | 'file_name'>

const aboutFile = ({ scan_id, file_id, file_name }: FileOfScan) => ({
  scan_id,
  event_id: fileEventId(file_id),
  file_id,
  file_name,
})

export function errorEvent(file: FileOfScan, code: ErrorCode, message: string): Unstored<FileErrorEvent> {
  return { type: 'error', ...aboutFile(file), error: message, code }
}
