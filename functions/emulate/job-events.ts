import { Firestore } from '@google-cloud/firestore'
import type { Log } from '../../shared/platform/log.ts'
import type { Instances } from './instances.ts'

export interface JobEventsOptions {
  projectId: string
  /** host:port */
  emulatorHost: string
  /** Of job-done. */
  instances: Pick<Instances, 'post'>
  log: Log
}

/**
 * Stands for Eventarc: every change of a job reaches job-done as the CloudEvent of a Firestore trigger, without the
 * documents themselves, which job-done does not read. One that is not accepted is lost, as infra/functions.tf says.
 */
export function startJobEvents({ projectId, emulatorHost, instances, log }: JobEventsOptions) {
  const db = new Firestore({ projectId, host: emulatorHost, ssl: false })
  const source = `//firestore.googleapis.com/projects/${projectId}/databases/(default)`
  let initial = true

  async function tell(jobId: string): Promise<void> {
    const status = await instances
      .post(
        '/',
        {
          'ce-id': crypto.randomUUID(),
          'ce-specversion': '1.0',
          'ce-type': 'google.cloud.firestore.document.v1.written',
          'ce-source': source,
          'ce-subject': `documents/jobs/${jobId}`,
          'ce-document': `jobs/${jobId}`,
          'ce-database': '(default)',
          'content-type': 'application/protobuf',
        },
        new Uint8Array(),
      )
      .catch(() => 503)
    if (status >= 300) log.warn({ job_id: jobId, status }, 'job-done did not take an event')
  }

  const unsubscribe = db.collection('jobs').onSnapshot(
    (snapshot) => {
      const changes = initial ? [] : snapshot.docChanges()
      initial = false
      for (const { doc } of changes) void tell(doc.id)
    },
    (error) => log.warn({ err: error }, 'job changes are no longer followed'),
  )
  return {
    async stop(): Promise<void> {
      unsubscribe()
      await db.terminate()
    },
  }
}
