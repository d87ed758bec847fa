import { AppError, hasCode } from '../contract/app-error.ts'
import { type FileEvent, fileEventId, type Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { Drive } from '../drive/port.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'
import type { FaceStore, Scan, ScanStore } from '../store/port.ts'
import { type AdvanceDeps, advance, endAsTokenExpired, recordFiles } from './advance.ts'
import { errorEvent, matchEvent } from './file-event.ts'
import { answerKnown, type FaceCacheDeps, faceKey, lookUpFor } from './known-faces.ts'
import type { TokenCipher } from './token-cipher.ts'

export interface MatchDeps extends Omit<AdvanceDeps, 'known'>, FaceCacheDeps {
  store: { scans: ScanStore; faces: FaceStore }
  drive: Drive
  face: FaceEngine
  cipher: TokenCipher
}

/**
 * How long one task may answer further groups from the face cache, in milliseconds, well inside a function's time
 * limit. A scan whose files are all known goes on in the next group's tasks.
 */
const CASCADE = 60_000

/**
 * One task: the file is downloaded, analysed and ends as exactly one event, however often the task is delivered.
 * What is wrong with the file itself becomes an `error` event; throws only what is worth a redelivery.
 */
export async function matchFile(task: Task, deps: MatchDeps): Promise<void> {
  const { scans } = deps.store
  const [scan, recorded] = await Promise.all([
    scans.get(task.scan_id),
    scans.has(task.scan_id, fileEventId(task.file_id)),
  ])
  if (!scan || scan.ended || !scan.targets || !scan.access_token) return
  const advancing = { ...deps, known: lookUpFor(CASCADE, deps) }
  if (recorded) return advance(scan, task.group, { mend: true }, advancing)

  const accessToken = deps.cipher.decrypt(scan.scan_id, scan.access_token)
  if (accessToken === undefined) return endAsTokenExpired(scan, deps)

  let event: Unstored<FileEvent>
  try {
    event = await judge(task, { ...scan, targets: scan.targets }, accessToken, deps)
  } catch (error) {
    if (hasCode(error, 'token_expired')) return endAsTokenExpired(scan, deps)
    if (!(error instanceof AppError)) throw error
    const about = { scan_id: scan.scan_id, file_id: task.file_id, code: error.code, err: error.cause }
    deps.log.warn(about, error.message)
    event = errorEvent(task, error.code, error.message)
  }
  await recordFiles(scan, task.group, [event], advancing)
}

/** Ends a file that no worker could process, so that its scan completes. */
export async function giveUpFile(task: Task, deps: AdvanceDeps): Promise<void> {
  const scan = await deps.store.scans.get(task.scan_id)
  if (!scan || scan.ended) return
  deps.log.error({ scan_id: task.scan_id, file_id: task.file_id }, 'file given up after repeated failures')
  const event = errorEvent(task, 'worker_failed', 'The file could not be processed after repeated attempts.')
  await recordFiles(scan, task.group, [event], deps)
}

async function judge(
  task: Task,
  scan: Scan & { targets: Float32Array },
  accessToken: string,
  deps: MatchDeps,
): Promise<Unstored<FileEvent>> {
  const known = deps.keepFacesFor > 0 && (await answerKnown(scan, [task], deps)).get(task.file_id)
  if (known) return known
  const file = { ...task, id: task.file_id, name: task.file_name }
  const bytes = await deps.drive.download(file, accessToken)
  const analysis = await deps.face.analyse(bytes, { kind: 'photo', thumbnail: deps.keepFacesFor > 0 })
  await keep(task, scan, analysis, deps)
  return matchEvent(task, analysis, scan.targets, deps)
}

async function keep(task: Task, scan: Scan, analysis: Analysis, deps: MatchDeps): Promise<void> {
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
