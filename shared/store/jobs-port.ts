const JOB_STATUSES = ['queued', 'processing', 'done', 'failed'] as const

/** A finished image and where it is on Drive. The five Drive columns are null until all of them are set. */
export interface Job {
  job_id: string
  status: (typeof JOB_STATUSES)[number]
  /** A file on disk, or `gs://bucket/object`. */
  compressed_image_path: string | null
  result_image_path: string | null
  drive_file_id: string | null
  drive_link: string | null
  download_link: string | null
  qr_url: string | null
  /** ISO 8601. */
  drive_uploaded_at: string | null
  /** When an upload was last tried, ISO 8601; null if it has not been since the job was last put. */
  tried_at: string | null
}

type DriveColumns = Pick<
  Job,
  'drive_file_id' | 'drive_link' | 'download_link' | 'qr_url' | 'drive_uploaded_at'
>

/** The right to upload one job's file, until it is released or expires. */
export interface JobClaim {
  job_id: string
  /** Distinguishes this claim from later ones. */
  token: string
  /** Drive id that this job's file has or will have; undefined before the first try. */
  reserved_file_id: string | undefined
}

/**
 * Jobs and their Drive columns. Claims keep two uploaders from working on the same job; thanks to the reserved id a
 * repeated upload creates the same file. Reads of an unknown job return undefined or an empty list, writes to it change
 * nothing.
 */
export interface JobStore {
  /** Creates the job, or sets its status and paths and marks it as never tried. The Drive columns stay. */
  put(job: Pick<Job, 'job_id' | 'status' | 'compressed_image_path' | 'result_image_path'>): Promise<void>
  get(jobId: string): Promise<Job | undefined>
  /** The newest `limit`, newest last. */
  list(limit: number): Promise<Job[]>
  /**
   * Done jobs with an image and without a Drive file; with `force` also those that have one. First those never tried,
   * then those tried longest ago, so that failing jobs do not hold up the others; oldest first among equals.
   */
  pending(options: { limit: number; force: boolean }): Promise<Job[]>
  /**
   * Claims the job until `release`, `attach` or the time `until`, and records the try. Undefined when somebody else
   * holds it or there is no such job.
   */
  claim(jobId: string, until: number): Promise<JobClaim | undefined>
  /**
   * Stores the id before anything is uploaded under it. False when the claim is no longer held: it was released, or
   * somebody else has claimed the job since. An expired claim is held until then.
   */
  reserve(claim: JobClaim, fileId: string): Promise<boolean>
  /** Sets all five columns at once and releases the claim. False when the claim is no longer held. */
  attach(claim: JobClaim, columns: { [K in keyof DriveColumns]: string }): Promise<boolean>
  release(claim: JobClaim): Promise<void>
  /**
   * Calls the listener with each job that is done, has no Drive file and was never tried: first the existing ones, then
   * those that become so, also when another process writes them. A job may be reported more than once.
   */
  watchDone(listener: (jobId: string) => void): { stop(): void }
}
