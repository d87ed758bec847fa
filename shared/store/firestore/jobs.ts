import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DocumentSnapshot, type Firestore, Timestamp } from '@google-cloud/firestore'
import type { Log } from '../../platform/log.ts'
import type { Job, JobClaim, JobStore } from '../jobs-port.ts'
import { isDocumentId } from './documents.ts'
import { ALREADY_EXISTS, ignoreStatus, retryIdempotent, retryReadModifyWrite } from './status.ts'

/** Pause before a failed watch is attached again, in milliseconds. */
const WATCH_BACKOFF = 5_000

/**
 * `jobs/{jobId}`: status, the two paths and the five Drive columns, `tried_at`, `created_at`, `reserved_file_id` and
 * `claim` (`token`, `until`), all of them null until set. Another program that creates such a document must write the
 * status, a path and `drive_file_id: null`; the first claim adds the other fields.
 *
 * A claim is an update on the condition that the document is unchanged since it was read. It carries a token by which
 * its writer recognises it when the response was lost.
 */
export function firestoreJobs(
  db: Firestore,
  { now, log }: { now: () => number; log?: Log | undefined },
): { jobs: JobStore; stopWatches(): void } {
  const all = db.collection('jobs')
  const watches = new Set<{ stop(): void }>()

  /** Updates the job with the fields that `decide` returns for its current state, if any; returns the result. */
  async function change<T>(
    jobId: string,
    decide: (job: DocumentSnapshot) => { write: Record<string, unknown>; result: T } | { result: T },
    missing: T,
  ): Promise<T> {
    if (!isDocumentId(jobId)) return missing
    return retryReadModifyWrite(async () => {
      const job = await all.doc(jobId).get()
      if (!job.updateTime) return missing
      const decision = decide(job)
      if ('write' in decision) await job.ref.update(decision.write, { lastUpdateTime: job.updateTime })
      return decision.result
    })
  }

  const held = (job: DocumentSnapshot, { token }: JobClaim) => job.get('claim')?.token === token

  const jobs: JobStore = {
    async put({ job_id, ...fields }) {
      if (!isDocumentId(job_id)) return
      const job = all.doc(job_id)
      const empty = { ...EMPTY, ...fields, created_at: Timestamp.fromMillis(now()) }
      if (await retryIdempotent(() => ignoreStatus(ALREADY_EXISTS, () => job.create(empty)))) return
      await retryIdempotent(() => job.update({ ...fields, tried_at: null }))
    },

    async get(jobId) {
      if (!isDocumentId(jobId)) return undefined
      const job = await all.doc(jobId).get()
      return job.exists ? toJob(job) : undefined
    },

    async list(limit) {
      const { docs } = await all.orderBy('created_at', 'desc').limit(limit).get()
      return docs.map(toJob).reverse()
    },

    async pending({ limit, force }) {
      // Sorted here, because a query in this order would omit documents that other programs wrote without these fields.
      const done = all.where('status', '==', 'done')
      const { docs } = await (force ? done : done.where('drive_file_id', '==', null)).get()
      const age = (job: DocumentSnapshot) =>
        [millis(job.get('tried_at')), millis(job.get('created_at'))] as const
      return docs
        .map((document) => ({ job: toJob(document), age: age(document) }))
        .filter(({ job }) => job.compressed_image_path !== null || job.result_image_path !== null)
        .sort((a, b) => a.age[0] - b.age[0] || a.age[1] - b.age[1])
        .slice(0, limit)
        .map(({ job }) => job)
    },

    claim(jobId, until) {
      const token = randomUUID()
      const decide = (job: DocumentSnapshot) => {
        const claim: JobClaim = {
          job_id: jobId,
          token,
          reserved_file_id: job.get('reserved_file_id') ?? undefined,
        }
        if (held(job, claim)) return { result: claim }
        if (millis(job.get('claim')?.until) > now()) return { result: undefined }
        const missing = Object.entries(EMPTY).filter(([field]) => job.get(field) === undefined)
        const at = Timestamp.fromMillis(now())
        return {
          write: {
            created_at: job.get('created_at') ?? at,
            ...Object.fromEntries(missing),
            tried_at: at,
            claim: { token, until: Timestamp.fromMillis(until) },
          },
          result: claim,
        }
      }
      return change<JobClaim | undefined>(jobId, decide, undefined)
    },

    reserve(claim, fileId) {
      const decide = (job: DocumentSnapshot) =>
        held(job, claim) ? { write: { reserved_file_id: fileId }, result: true } : { result: false }
      return change<boolean>(claim.job_id, decide, false)
    },

    attach(claim, columns) {
      const uploaded = Timestamp.fromDate(new Date(columns.drive_uploaded_at))
      const decide = (job: DocumentSnapshot) => {
        if (held(job, claim)) {
          const write = { ...columns, drive_uploaded_at: uploaded, claim: null, attached_by: claim.token }
          return { write, result: true }
        }
        return { result: job.get('attached_by') === claim.token }
      }
      return change<boolean>(claim.job_id, decide, false)
    },

    async release(claim) {
      const decide = (job: DocumentSnapshot) =>
        held(job, claim) ? { write: { claim: null }, result: undefined } : { result: undefined }
      await change<undefined>(claim.job_id, decide, undefined)
    },

    watchDone(listener) {
      const query = all.where('status', '==', 'done').where('drive_file_id', '==', null)
      const stopped = new AbortController()
      let detach = () => {}
      const attach = () => {
        detach = query.onSnapshot(
          (snapshot) => {
            for (const { type, doc } of snapshot.docChanges()) {
              if (type !== 'removed' && millis(doc.get('tried_at')) === 0) listener(doc.id)
            }
          },
          async (error) => {
            log?.warn({ err: error }, 'watch of jobs failed, attaching again')
            await sleep(WATCH_BACKOFF, undefined, { signal: stopped.signal }).catch(() => {})
            if (!stopped.signal.aborted) attach()
          },
        )
      }
      attach()
      const watch = {
        stop() {
          stopped.abort()
          detach()
          watches.delete(watch)
        },
      }
      watches.add(watch)
      return watch
    },
  }

  return {
    jobs,
    stopWatches() {
      for (const watch of watches) watch.stop()
    },
  }
}

const EMPTY = {
  compressed_image_path: null,
  result_image_path: null,
  drive_file_id: null,
  drive_link: null,
  download_link: null,
  qr_url: null,
  drive_uploaded_at: null,
  tried_at: null,
  reserved_file_id: null,
  claim: null,
}

const millis = (time: Timestamp | null | undefined) => (time instanceof Timestamp ? time.toMillis() : 0)
const iso = (time: Timestamp | null | undefined) =>
  time instanceof Timestamp ? time.toDate().toISOString() : null

function toJob(document: DocumentSnapshot): Job {
  const field = (name: string): string | null => document.get(name) ?? null
  return {
    job_id: document.id,
    status: document.get('status'),
    compressed_image_path: field('compressed_image_path'),
    result_image_path: field('result_image_path'),
    drive_file_id: field('drive_file_id'),
    drive_link: field('drive_link'),
    download_link: field('download_link'),
    qr_url: field('qr_url'),
    drive_uploaded_at: iso(document.get('drive_uploaded_at')),
    tried_at: iso(document.get('tried_at')),
  }
}
