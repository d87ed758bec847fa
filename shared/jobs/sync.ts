import { AppError, type ErrorCode } from '../contract/app-error.ts'
import { type AttachDeps, attachDrive } from './attach-drive.ts'
import type { UploadSlots } from './upload-slots.ts'

export interface SyncDeps extends AttachDeps {
  slots: UploadSlots
}

export interface SyncOptions {
  /** At most so many jobs. */
  limit?: number | undefined
  /** Also jobs that have a Drive file: it is uploaded again. */
  force: boolean
}

export interface SyncResult {
  /** Jobs that were looked at. */
  total: number
  uploaded: number
  /** Somebody else had uploaded them, or is about to. */
  skipped: number
  failed: number
  /** Not tried, because the Drive takes nothing at the moment. */
  not_tried: number
  errors: { job_id: string; code: ErrorCode; message: string }[]
}

/** What would be answered to every other upload too. */
export const CONCERNS_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'uploader_not_authorized',
  'uploader_client_wrong',
  'uploader_scope_missing',
  'drive_api_disabled',
  'folder_not_found',
  'folder_not_writable',
  'drive_sharing_forbidden',
  'drive_quota_exceeded',
])

/**
 * Uploads the files of finished jobs that have none on Drive. Rejects with the error of the Drive when that takes
 * nothing at all: without credentials, quota or folder.
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
      deps.log.warn({ job_id: jobId, err: error }, 'the file of a job was not uploaded')
      result.failed++
      result.errors.push({ job_id: jobId, code, message })
      if (CONCERNS_ALL.has(code)) stopped ??= error as AppError
    }
  }

  const notTried = () => {
    result.not_tried++
  }
  await Promise.all(pending.map((job) => deps.slots.runBehind(() => sync(job.job_id)).catch(notTried)))
  if (stopped && result.uploaded === 0) throw stopped
  return result
}

export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', 'Unexpected server error.')
}
