import { jobDone } from '../../shared/jobs/automatic.ts'
import type { SyncDeps } from '../../shared/jobs/sync.ts'

/** What of a Firestore event is looked at. Its data is protobuf and may be older than the job. */
export interface JobEvent {
  /** `jobs/{jobId}`, an attribute of Firestore's CloudEvents. */
  document?: unknown
  /** `documents/jobs/{jobId}` */
  subject?: string | undefined
}

/** Uploads the file of the job that the event is about, if it has become done. Rejects only when the store does. */
export async function handleJobEvent(event: JobEvent, deps: SyncDeps): Promise<void> {
  const jobId = jobIdOf(event)
  if (jobId === undefined) deps.log.warn('an event that is not about a job')
  else await jobDone(jobId, deps)
}

function jobIdOf({ document, subject }: JobEvent): string | undefined {
  const path = typeof document === 'string' ? document : subject?.replace(/^documents\//, '')
  return /^jobs\/([^/]+)$/.exec(path ?? '')?.[1]
}
