import { AppError } from '../contract/app-error.ts'
import type { Log } from '../platform/log.ts'
import type { Job, JobClaim, JobStore } from '../store/jobs-port.ts'
import type { ImageSource } from './image-source/port.ts'
import { jobImage, type UploadFrom } from './job-image.ts'
import { linksOf, type UploadDeps, uploadReserved } from './upload-file.ts'

/** Milliseconds for one upload including its retries. After a crash, the job cannot be tried again any sooner. */
const CLAIM_TIMEOUT = 10 * 60_000

export interface AttachDeps extends Pick<UploadDeps, 'drive' | 'folderId' | 'apiBaseUrl' | 'qrTarget'> {
  jobs: JobStore
  images: ImageSource
  /** DRIVE_UPLOAD_SOURCE. */
  from: UploadFrom
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

export interface AttachOptions {
  /** Replaces the content of a file that was uploaded before this time, in milliseconds since 1970. */
  again?: number
}

export interface Attached {
  job: Job
  /** `present`: it had been uploaded before. */
  outcome: 'uploaded' | 'present'
}

/**
 * Uploads the image of a finished job and sets its Drive columns, all at once, as soon as anyone with the link can read
 * the file. A job keeps its Drive file: the id is stored before the upload, so that a try that was cut short resumes
 * with it, and a repeated upload replaces the content behind existing links and printed QR codes.
 *
 * Rejects with `job_not_found`, `job_not_done`, `job_has_no_file`, `job_busy` during another upload of the same job,
 * and as ImageSource and UploadDrive do; the columns are then unchanged.
 */
export async function attachDrive(
  jobId: string,
  deps: AttachDeps,
  options: AttachOptions = {},
): Promise<Attached> {
  const found = await ready(jobId, deps.jobs)
  if (isAttached(found, options)) return { job: found, outcome: 'present' }
  const claim = await deps.jobs.claim(jobId, deps.now() + CLAIM_TIMEOUT)
  if (!claim) throw busy()
  try {
    // Read again: the previous holder of the claim may have uploaded it.
    const job = await ready(jobId, deps.jobs)
    if (!isAttached(job, options)) return { job: await upload(job, claim, deps), outcome: 'uploaded' }
    await deps.jobs.release(claim)
    return { job, outcome: 'present' }
  } catch (error) {
    await deps.jobs.release(claim).catch((cause: unknown) => {
      deps.log.warn({ job_id: jobId, err: cause }, 'could not release the claim of a job')
    })
    throw error
  }
}

async function ready(jobId: string, jobs: JobStore): Promise<Job> {
  const job = await jobs.get(jobId)
  if (!job) throw new AppError('job_not_found', 'There is no such job.')
  if (job.status !== 'done') throw new AppError('job_not_done', `The job is ${job.status}, not done.`)
  return job
}

function isAttached(job: Job, { again }: AttachOptions): boolean {
  if (job.drive_file_id === null) return false
  return again === undefined || Date.parse(job.drive_uploaded_at ?? '') >= again
}

async function upload(job: Job, claim: JobClaim, deps: AttachDeps): Promise<Job> {
  const source = await jobImage(job, deps.from, deps.images)
  const reserved = claim.reserved_file_id ?? job.drive_file_id ?? undefined
  const fileId = await uploadReserved(source, deps, {
    reserved,
    // An earlier try may have stored an older version of the image, even if it set no columns.
    replace: reserved !== undefined,
    async reserve(id) {
      if (!(await deps.jobs.reserve(claim, id))) throw busy()
    },
  })

  const { file_id, drive_link, download_link, qr_url } = linksOf(fileId, deps)
  const columns = {
    drive_file_id: file_id,
    drive_link,
    download_link,
    qr_url,
    drive_uploaded_at: new Date(deps.now()).toISOString(),
  }
  if (!(await deps.jobs.attach(claim, columns))) throw busy()
  return { ...job, ...columns }
}

function busy(): AppError {
  return new AppError('job_busy', 'The file of this job is being uploaded right now.')
}
