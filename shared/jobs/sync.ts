import { AppError, type ErrorCode } from '../contract/app-error.ts'
import type { UploadDrive } from '../drive/port.ts'
import type { Log } from '../platform/log.ts'
import type { JobStore } from '../store/jobs-port.ts'
import { attachDrive } from './attach-drive.ts'
import type { ImageSource } from './image-source/port.ts'
import type { UploadFrom } from './job-image.ts'
import type { QrTarget } from './upload-file.ts'
import type { UploadSlots } from './upload-slots.ts'

export interface SyncDeps {
  jobs: JobStore
  images: ImageSource
  /** DRIVE_UPLOAD_SOURCE. */
  from: UploadFrom
  drive: UploadDrive
  /** TARGET_FOLDER_ID. */
  folderId: string | undefined
  /** Public address up to and including the base path. */
  apiBaseUrl: string
  /** QR_TARGET. */
  qrTarget: QrTarget
  slots: UploadSlots
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

export interface SyncOptions {
  /** Maximum number of jobs. */
  limit?: number | undefined
  /** Also uploads jobs that have a Drive file, replacing its content. */
  force: boolean
}

export interface SyncResult {
  /** Jobs that were due. */
  total: number
  uploaded: number
  /** Uploaded by someone else before or at the same time, or no longer due. */
  skipped: number
  failed: number
  /** Left out after an error that every other upload would meet too. */
  not_tried: number
  errors: { job_id: string; code: ErrorCode; message: string }[]
}

/** Errors that every other upload would meet too. */
export const STOPS_ALL_UPLOADS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'uploader_not_authorized',
  'uploader_client_wrong',
  'uploader_scope_missing',
  'drive_api_disabled',
  'folder_not_found',
  'folder_not_writable',
  'folder_full',
  'drive_sharing_forbidden',
  'drive_quota_exceeded',
])

/**
 * Uploads the images of finished jobs that are not on Drive yet. Rejects with the error that stopped it when nothing
 * was uploaded: no credentials, no quota, no folder.
 */
export async function syncDrive(deps: SyncDeps, { limit, force }: SyncOptions): Promise<SyncResult> {
  const start = deps.now()
  const pending = await deps.jobs.pending({ limit: limit ?? Number.MAX_SAFE_INTEGER, force })
  const result: SyncResult = {
    total: pending.length,
    uploaded: 0,
    skipped: 0,
    failed: 0,
    not_tried: 0,
    errors: [],
  }
  let stopped: AppError | undefined

  async function sync(jobId: string): Promise<void> {
    if (stopped) {
      result.not_tried++
      return
    }
    try {
      const { outcome } = await attachDrive(jobId, deps, force ? { again: start } : {})
      result[outcome === 'uploaded' ? 'uploaded' : 'skipped']++
    } catch (error) {
      const { code, message } = toAppError(error)
      if (code === 'job_busy' || code === 'job_not_found' || code === 'job_not_done') {
        result.skipped++
        return
      }
      deps.log.warn({ job_id: jobId, err: error }, 'could not upload the image of a job')
      result.failed++
      result.errors.push({ job_id: jobId, code, message })
      if (STOPS_ALL_UPLOADS.has(code)) stopped ??= error as AppError
    }
  }

  const notTried = () => {
    result.not_tried++
  }
  await Promise.all(pending.map((job) => deps.slots.runInBackground(() => sync(job.job_id)).catch(notTried)))
  if (stopped && result.uploaded === 0) throw stopped
  return result
}

export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', 'Unexpected server error.')
}
