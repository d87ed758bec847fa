import { randomUUID } from 'node:crypto'
import { AppError, hasCode } from '../contract/app-error.ts'
import { STARTED } from '../contract/events.ts'
import type { StartScanRequest, StartScanResponse } from '../contract/scan.ts'
import type { Drive, DriveFile, FolderRef } from '../drive/port.ts'
import type { FaceEngine } from '../face/port.ts'
import { nextTurn } from '../platform/turns.ts'
import { GROUP_SIZE, inGroups, type NewScan } from '../store/port.ts'
import { type AdmissionDeps, admit, admitOneMore } from './admission.ts'
import { bringFrom } from './advance.ts'
import { type AdvanceDeps, groupCount } from './end-scan.ts'
import { folderIndex } from './folder-index/folder-index.ts'
import { knownFiles } from './folder-index/known-faces.ts'
import { RUNNING_LIFETIME } from './lifetime.ts'
import { listTask } from './list-rest.ts'
import { newScanKey } from './secrets/scan-key.ts'
import type { TokenCipher } from './secrets/token-cipher.ts'
import { describeTargets, type TargetFaces } from './target/target-face.ts'

/** How long POST /scan lists the folder, in milliseconds. What is left then is listed by a task. */
const MAX_LISTING_TIME = 5_000
/** How long POST /scan may look files up in the face cache before it responds, in milliseconds. */
const MAX_TIME_BEFORE_ANSWER = 1_500
/** How long it may take to see whether there are images in the folders below, in milliseconds. */
const MAX_LOOK_BELOW = 5_000

export interface StartDeps extends AdvanceDeps, Omit<AdmissionDeps, keyof AdvanceDeps> {
  drive: Drive
  face: FaceEngine
  cipher: TokenCipher
  maxFiles: number
  /** The most files of a scan that are out at a time. */
  window: number
}

/** Files that are out for each one that a worker can hold: one more for two, which is on its way to it. */
const OUT_PER_HELD = 1.5

/**
 * The window of a scan that runs alone.
 *
 * @param tasksInHand tasks that all workers hold together
 */
export const windowFor = (tasksInHand: number): number => Math.ceil(OUT_PER_HELD * tasksInHand)

/**
 * Starts a scan. Checks in this order: link, token, room for another scan, selfie, folder. Rejects with
 * `invalid_link`, `token_expired`, `busy`, `too_many_scans`, `invalid_base64`, `not_an_image`, `image_too_large`, `no_face`, `folder_not_found`, `no_images`, `too_many_files`.
 *
 * @param signal aborted when the client disconnects; the scan, whose id it will never receive, is then erased
 * @param network that the client calls from, where scans are counted by it
 */
export async function startScan(
  request: Omit<StartScanRequest, keyof TargetFaces> & TargetFaces,
  deps: StartDeps,
  signal?: AbortSignal,
  {
    maxListingTime = MAX_LISTING_TIME,
    network,
  }: { maxListingTime?: number; network?: string | undefined } = {},
): Promise<StartScanResponse> {
  const folder = deps.drive.parseLink(request.drive_link)
  await deps.drive.checkAccess(request.access_token)
  await admit(deps, network)

  const abort = new AbortController()
  const { recursive } = request
  const listing = listAtFirst(
    (found) =>
      deps.drive.listImages(folder, request.access_token, {
        recursive,
        maxFiles: deps.maxFiles,
        found,
        signal: signal ? AbortSignal.any([abort.signal, signal]) : abort.signal,
      }),
    maxListingTime,
  )
  const targets = await describeTargets(request, deps).catch((error: unknown) => {
    abort.abort()
    throw error
  })
  const { files, isComplete } = await listing.result().catch((error: unknown) => {
    throw signal?.aborted ? clientDisconnected() : error
  })
  abort.abort()
  if (files.length === 0) throw await noImages(folder, request, deps.drive)

  const { key, hash } = newScanKey()
  const scanId = randomUUID()
  const createdAt = deps.now()
  const scan: NewScan = {
    scan_id: scanId,
    folder,
    total_files: files.length,
    listing: isComplete
      ? undefined
      : {
          recursive,
          max_files: deps.maxFiles,
          known: files.slice(files.length - (files.length % GROUP_SIZE)),
        },
    window: deps.window,
    targets,
    // With the face cache turned off, it may still have faces from before, which are not to be read.
    suggestions: request.suggestions && deps.keepFacesFor > 0,
    engine_id: deps.face.id,
    key_hash: hash,
    access_token: deps.cipher.encrypt(scanId, request.access_token),
    created_at: createdAt,
    expire_at: createdAt + RUNNING_LIFETIME,
  }
  // Storing the manifest of a large folder takes some 20 ms.
  await nextTurn()
  // Once more, since many may have been admitted while none of them had started.
  await admitOneMore(deps, network)
  await storeAndOpen(scan, files, deps, { signal, network })
  deps.log.info({ scan_id: scanId, total_files: files.length }, 'scan started')
  return { message: 'Scan started', total_files: files.length, scan_id: scanId, scan_key: key }
}

async function storeAndOpen(
  scan: NewScan,
  files: DriveFile[],
  deps: StartDeps,
  { signal, network }: { signal: AbortSignal | undefined; network: string | undefined },
): Promise<void> {
  const { scans } = deps.store
  await scans.create(scan, inGroups(files).slice(0, groupCount(scan)), {
    type: 'started',
    scan_id: scan.scan_id,
    event_id: STARTED,
    total_files: scan.total_files,
  })
  if (network !== undefined) deps.startedFrom.set(scan.scan_id, network)
  const lookUp = {
    knownFiles: knownFiles(deps),
    // With a second look nothing is looked up, so that a task ends the scan: on 12,000 known photos it takes 6 s.
    until: scan.suggestions ? 0 : deps.now() + MAX_TIME_BEFORE_ANSWER,
  }
  try {
    if (scan.listing) await deps.queue.publish([listTask(scan)])
    // Another process may have indexed the folder a moment ago.
    await folderIndex(scan, deps, { fresh: true })
    await bringFrom(scan, 0, deps, { lookUp, recorded: 'none' })
    if (signal?.aborted) throw clientDisconnected()
  } catch (error) {
    // The client never receives the id of this scan, so it could not stop it.
    await scans.erase(scan.scan_id)
    throw error
  }
}

/**
 * Lists until all is listed, or the time is up and there is something. A folder without any photo in its first levels is
 * listed for longer, since a scan of nothing cannot start.
 */
function listAtFirst(list: (found: (file: DriveFile) => void) => Promise<DriveFile[]>, maxTime: number) {
  const found: DriveFile[] = []
  const enough = Promise.withResolvers<void>()
  let isTimeUp = false
  const timer = setTimeout(() => {
    isTimeUp = true
    if (found.length > 0) enough.resolve()
  }, maxTime)
  const all = list((file) => {
    found.push(file)
    if (isTimeUp) enough.resolve()
  }).finally(() => clearTimeout(timer))
  // Awaited after the selfie; should it fail earlier, that is not an unhandled rejection.
  all.catch(() => {})
  return {
    /** The files known by then, and whether these are all. */
    result: () =>
      Promise.race([
        all.then((files) => ({ files, isComplete: true })),
        enough.promise.then(() => ({ files: [...found], isComplete: false })),
      ]),
  }
}

/** Tells of images below, which a scan that is not recursive does not see. */
async function noImages(
  folder: FolderRef,
  { access_token, recursive }: Pick<StartScanRequest, 'access_token' | 'recursive'>,
  drive: Drive,
): Promise<AppError> {
  const options = { recursive: true, maxFiles: 0, signal: AbortSignal.timeout(MAX_LOOK_BELOW) }
  const isBelow =
    !recursive &&
    (await drive.listImages(folder, access_token, options).then(
      () => false,
      (error: unknown) => hasCode(error, 'too_many_files'),
    ))
  return new AppError(
    'no_images',
    isBelow
      ? 'No images were found in this folder itself, but there are some in its subfolders. Search again with subfolders included (recursive).'
      : `No images were found in this Drive folder${recursive ? ' and its subfolders' : ''}.`,
  )
}

function clientDisconnected(): AppError {
  return new AppError('invalid_request', 'The client disconnected; no scan was started.')
}
