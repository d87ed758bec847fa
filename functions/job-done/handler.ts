import { uploadDoneJob } from '../../shared/jobs/automatic.ts'
import type { SyncDeps } from '../../shared/jobs/sync.ts'

/** The part of a Firestore event that is read. Its data is protobuf, and may be older than the job. */
export interface JobEvent {
  /** `jobs/{jobId}`, an attribute of Firestore's CloudEvents. */
  document?: unknown
  /** `documents/jobs/{jobId}` */
  subject?: string | undefined
}

/** Uploads the image of the job that the event is about, if it is done. Rejects only when the store does. */
export async function handleJobEvent(event: JobEvent, deps: SyncDeps): Promise<void> {
  const jobId = jobIdOf(event)
  if (jobId === undefined) deps.log.warn('ignored an event that is not about a job')
  else await uploadDoneJob(jobId, deps)
}

function jobIdOf({ document, subject }: JobEvent): string | undefined {
  const path = typeof document === 'string' ? document : subject?.replace(/^documents\//, '')
  return /^jobs\/([^/]+)$/.exec(path ?? '')?.[1]
}
