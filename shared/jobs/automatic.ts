import { AppError } from '../contract/app-error.ts'
import { attachDrive } from './attach-drive.ts'
import { type SyncDeps, syncDrive } from './sync.ts'

/**
 * Uploads the file of a job that has just become done, unless that was tried before: what fails is left for the next
 * sync, and the events of the failure itself start nothing. Rejects only when the store does.
 */
export async function jobDone(jobId: string, deps: SyncDeps): Promise<void> {
  const job = await deps.jobs.get(jobId)
  if (job?.status !== 'done' || job.drive_file_id !== null || job.tried_at !== null) return
  try {
    await deps.slots.runBehind(() => attachDrive(jobId, deps))
    deps.log.info({ job_id: jobId }, 'the file of a job was uploaded')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    deps.log.warn({ job_id: jobId, err: error }, 'the file of a job was not uploaded')
  }
}

/** Milliseconds between two syncs. */
const SYNC_INTERVAL = 5 * 60_000

/**
 * Uploads in this process: jobs as they become done, and now and every few minutes what was missed. `stop` waits for
 * all uploads in hand.
 */
export function startUploads(deps: SyncDeps): { stop(): Promise<void> } {
  const failed = (error: unknown) => deps.log.error({ err: error }, 'uploads of jobs failed')
  let syncing: Promise<unknown> | undefined
  /** None beside one that still runs: it would line up the same jobs again. */
  const sync = () => {
    syncing ??= syncDrive(deps, { force: false })
      .catch(failed)
      .finally(() => {
        syncing = undefined
      })
  }

  const watch = deps.jobs.watchDone((jobId) => void jobDone(jobId, deps).catch(failed))
  const timer = setInterval(sync, SYNC_INTERVAL)
  sync()

  return {
    async stop() {
      watch.stop()
      clearInterval(timer)
      await deps.slots.stop()
    },
  }
}
