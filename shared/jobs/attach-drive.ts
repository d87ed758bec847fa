import { AppError, hasCode } from '../contract/app-error.ts'
import type { Log } from '../platform/log.ts'
import type { Job, JobClaim, JobStore } from '../store/port.ts'
import type { OpenImage } from './named-image.ts'
import { linksOf, type UploadDeps } from './upload-file.ts'
import { jobImage, type UploadFrom } from './upload-source.ts'

/** Milliseconds for one upload, its retries included; after a crash nobody else tries the job for so long. */
const CLAIM_TIME = 10 * 60_000

export interface AttachDeps extends UploadDeps {
  jobs: JobStore
  /** DRIVE_UPLOAD_SOURCE. */
  from: UploadFrom
  openImage: OpenImage
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

export interface AttachOptions {
  /** Upload again what was uploaded before this time, in milliseconds since 1970: the same file with new bytes. */
  again?: number
}

export interface Attached {
  job: Job
  /** `present`: somebody had uploaded it. */
  outcome: 'uploaded' | 'present'
}

/**
 * Uploads the file of a finished job and sets its Drive columns, all at once, when anyone with the link can read it.
 * A job has one Drive file for good: its id is noted before the upload, so that a try that was cut short is carried
 * on, and uploaded again it stays the file that links and printed QR codes lead to.
 *
 * Rejects with `job_not_found`, `job_not_done`, `job_has_no_file`, `job_busy` while somebody else uploads it, and as
 * OpenImage and UploadDrive do; the columns are then as they were.
 */
export async function attachDrive(
  jobId: string,
  deps: AttachDeps,
  options: AttachOptions = {},
): Promise<Attached> {
  const found = await ready(jobId, deps.jobs)
  if (isAttached(found, options)) return { job: found, outcome: 'present' }
  const claim = await deps.jobs.claim(jobId, deps.now() + CLAIM_TIME)
  if (!claim) throw busy()
  try {
    // Read again: the one who had the claim before may have uploaded it.
    const job = await ready(jobId, deps.jobs)
    if (!isAttached(job, options)) return { job: await upload(job, claim, deps), outcome: 'uploaded' }
    await deps.jobs.release(claim)
    return { job, outcome: 'present' }
  } catch (error) {
    await deps.jobs.release(claim).catch((cause: unknown) => {
      deps.log.warn({ job_id: jobId, err: cause }, 'the claim of a job was not released')
    })
    throw error
  }
}

async function ready(jobId: string, jobs: JobStore): Promise<Job> {
  const job = await jobs.get(jobId)
  if (!job) throw new AppError('job_not_found', 'There is no such job.')
  if (job.status !== 'done') throw new AppError('job_not_done', `The job is not done but ${job.status}.`)
  return job
}

function isAttached(job: Job, { again }: AttachOptions): boolean {
  if (job.drive_file_id === null) return false
  return again === undefined || Date.parse(job.drive_uploaded_at ?? '') >= again
}

async function upload(job: Job, claim: JobClaim, deps: AttachDeps): Promise<Job> {
  const source = await jobImage(job, deps.from, deps.openImage)
  const known = claim.reserved_file_id ?? job.drive_file_id
  let fileId = known ?? (await reserve(claim, deps))
  try {
    // An earlier try may have stored what the image was then, also where it set no columns.
    await deps.drive.upload(source, fileId, deps.folderId, { replace: known !== null })
  } catch (error) {
    if (!hasCode(error, 'file_not_found')) throw error
    // Somebody deleted it for good, and with it every link.
    fileId = await reserve(claim, deps)
    await deps.drive.upload(source, fileId, deps.folderId)
  }

  const { file_id, ...links } = linksOf(fileId, deps)
  const columns = {
    drive_file_id: file_id,
    ...links,
    drive_uploaded_at: new Date(deps.now()).toISOString(),
  }
  if (!(await deps.jobs.attach(claim, columns))) throw busy()
  return { ...job, ...columns }
}

async function reserve(claim: JobClaim, { drive, jobs }: AttachDeps): Promise<string> {
  const fileId = await drive.reserveId()
  if (!(await jobs.reserve(claim, fileId))) throw busy()
  return fileId
}

function busy(): AppError {
  return new AppError('job_busy', 'The file of this job is being uploaded right now.')
}
