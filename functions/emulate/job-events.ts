import { Firestore } from '@google-cloud/firestore'
import type { Log } from '../../shared/platform/log.ts'
import type { Instances } from './instances.ts'

export interface JobEventsOptions {
  projectId: string
  /** host:port */
  emulatorHost: string
  /** The instances of job-done. */
  instances: Pick<Instances, 'post'>
  log: Log
}

/**
 * Stands in for Eventarc: sends every change of a job to job-done as the CloudEvent of a Firestore trigger, without the
 * documents, which job-done does not read. An event that is not accepted is lost (no retry, see infra/functions.tf).
 */
export function startJobEvents({ projectId, emulatorHost, instances, log }: JobEventsOptions) {
  const db = new Firestore({ projectId, host: emulatorHost, ssl: false })
  const source = `//firestore.googleapis.com/projects/${projectId}/databases/(default)`
  let initial = true

  async function send(jobId: string): Promise<void> {
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
    if (status >= 300) log.warn({ job_id: jobId, status }, 'job-done did not accept an event')
  }

  const unsubscribe = db.collection('jobs').onSnapshot(
    (snapshot) => {
      const changes = initial ? [] : snapshot.docChanges()
      initial = false
      for (const { doc } of changes) void send(doc.id)
    },
    (error) => log.warn({ err: error }, 'stopped following job changes'),
  )
  return {
    async stop(): Promise<void> {
      unsubscribe()
      await db.terminate()
    },
  }
}
