import { randomUUID } from 'node:crypto'
import { AppError } from '../contract/app-error.ts'
import { STARTED } from '../contract/events.ts'
import type { StartScanRequest, StartScanResponse } from '../contract/scan.ts'
import type { Drive, DriveFile } from '../drive/port.ts'
import type { FaceEngine } from '../face/port.ts'
import { type FaceStore, GROUP_SIZE, type NewScan, type ScanStore } from '../store/port.ts'
import { type AdvanceDeps, openGroup } from './advance.ts'
import { type FaceCacheDeps, lookUpFor } from './known-faces.ts'
import { RUNNING_LIFETIME } from './lifetime.ts'
import { newScanKey } from './scan-key.ts'
import { describeTargets } from './target-face.ts'
import type { TokenCipher } from './token-cipher.ts'

/** How long POST /scan may answer files from the face cache before it answers the client, in milliseconds. */
const ANSWER_BEFORE_RESPONSE = 1_500

export interface StartDeps extends Omit<AdvanceDeps, 'known'>, FaceCacheDeps {
  store: { scans: ScanStore; faces: FaceStore }
  drive: Drive
  face: FaceEngine
  cipher: TokenCipher
  maxFiles: number
  /** Groups open at once, see `openWindow`. */
  window: number
}

/**
 * Groups of 100 files to have open at once: twice what the workers hold, so that none of them waits while the last
 * files of a group finish, and at least two.
 */
export function openWindow(tasksInHand: number): number {
  return Math.max(2, Math.ceil((2 * tasksInHand) / GROUP_SIZE))
}

/**
 * Starts a scan. Judged in this order: link, token, selfie, folder. Throws `invalid_link`, `token_expired`,
 * `invalid_base64`, `not_an_image`, `image_too_large`, `no_face`, `folder_not_found`, `no_images`, `too_many_files`.
 * @param signal aborted when the client has gone: then no scan is left behind, since nobody would know its id
 */
export async function startScan(
  request: StartScanRequest,
  deps: StartDeps,
  signal?: AbortSignal,
): Promise<StartScanResponse> {
  const folder = deps.drive.parseLink(request.drive_link)
  await deps.drive.checkAccess(request.access_token)

  const abort = new AbortController()
  const listing = deps.drive.listImages(folder, request.access_token, {
    recursive: request.recursive,
    maxFiles: deps.maxFiles,
    signal: signal ? AbortSignal.any([abort.signal, signal]) : abort.signal,
  })
  // The selfie is judged first; until then a failed listing is nobody's unhandled rejection.
  listing.catch(() => {})
  const targets = await describeTargets(request, deps.face).catch((error: unknown) => {
    abort.abort()
    throw error
  })
  const files = await listing.catch((error: unknown) => {
    throw signal?.aborted ? clientGone() : error
  })
  if (files.length === 0) throw new AppError('no_images', 'No images were found in this Drive folder.')

  const { key, hash } = newScanKey()
  const scanId = randomUUID()
  const createdAt = deps.now()
  const scan: NewScan = {
    scan_id: scanId,
    folder,
    total_files: files.length,
    window: deps.window,
    targets,
    engine_id: deps.face.id,
    key_hash: hash,
    access_token: deps.cipher.encrypt(scanId, request.access_token),
    created_at: createdAt,
    expire_at: createdAt + RUNNING_LIFETIME,
  }
  await open(scan, files, deps, signal)
  deps.log.info({ scan_id: scanId, total_files: files.length }, 'scan started')
  return { message: 'Scan started', total_files: files.length, scan_id: scanId, scan_key: key }
}

async function open(
  scan: NewScan,
  files: DriveFile[],
  deps: StartDeps,
  signal: AbortSignal | undefined,
): Promise<void> {
  const groups = Array.from({ length: Math.ceil(files.length / GROUP_SIZE) }, (_, group) =>
    files.slice(group * GROUP_SIZE, (group + 1) * GROUP_SIZE),
  )
  await deps.store.scans.create(scan, groups, {
    type: 'started',
    scan_id: scan.scan_id,
    event_id: STARTED,
    total_files: scan.total_files,
  })
  const opening = { ...deps, known: lookUpFor(ANSWER_BEFORE_RESPONSE, deps) }
  try {
    for (let group = 0; group < Math.min(scan.window, groups.length); group++) {
      await openGroup(scan, group, opening)
    }
    if (signal?.aborted) throw clientGone()
  } catch (error) {
    // Nobody will learn this scan's id, so nobody could stop it.
    await deps.store.scans.erase(scan.scan_id)
    throw error
  }
}

function clientGone(): AppError {
  return new AppError('invalid_request', 'The client has gone; no scan was started.')
}
