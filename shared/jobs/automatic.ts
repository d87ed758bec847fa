import { AppError } from '../contract/app-error.ts'
import { attachDrive } from './attach-drive.ts'
import { type SyncDeps, syncDrive } from './sync.ts'

/**
 * Uploads the image of a job that has just become done, unless that was tried before: a failed upload is left to the
 * next sync, and the events that the failed try itself causes do not repeat it. Rejects only when the store does.
 */
export async function uploadDoneJob(jobId: string, deps: SyncDeps): Promise<void> {
  const job = await deps.jobs.get(jobId)
  if (job?.status !== 'done' || job.drive_file_id !== null || job.tried_at !== null) return
  try {
    await deps.slots.runInBackground(() => attachDrive(jobId, deps))
    deps.log.info({ job_id: jobId }, 'uploaded the image of a job')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    deps.log.warn({ job_id: jobId, err: error }, 'could not upload the image of a job')
  }
}

/** Milliseconds between two syncs. */
const SYNC_INTERVAL = 5 * 60_000

/**
 * Uploads in this process: each job when it becomes done, and at the start and every few minutes those that were
 * missed. `stop` waits for the uploads in progress.
 */
export function startUploads(deps: SyncDeps): { stop(): Promise<void> } {
  const failed = (error: unknown) => deps.log.error({ err: error }, 'uploading jobs failed')
  let isSyncing = false
  async function sync(): Promise<void> {
    // A second sync beside a running one would queue the same jobs again.
    if (isSyncing) return
    isSyncing = true
    await syncDrive(deps, { force: false }).catch(failed)
    isSyncing = false
  }

  const watch = deps.jobs.watchDone((jobId) => void uploadDoneJob(jobId, deps).catch(failed))
  const timer = setInterval(() => void sync(), SYNC_INTERVAL)
  void sync()

  return {
    async stop() {
      watch.stop()
      clearInterval(timer)
      await deps.slots.stop()
    },
  }
}
