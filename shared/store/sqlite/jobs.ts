import { randomUUID } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Job, JobStore } from '../jobs-port.ts'
import { transaction } from './database.ts'

/** Milliseconds between checks for jobs that another process has written. */
const POLL_INTERVAL = 1_000

const WITH_IMAGE = "status = 'done' AND (compressed_image_path IS NOT NULL OR result_image_path IS NOT NULL)"
const CLAIMED = 'job_id = :job AND claim_token = :token'

export function sqliteJobs(db: DatabaseSync, now: () => number): JobStore {
  const sql = {
    // A job that is done again gets a new number, so that it is past every watcher's cursor.
    put: db.prepare(
      `INSERT INTO jobs (job_id, status, compressed_image_path, result_image_path, done_seq)
       VALUES (:job, :status, :compressed, :result,
               iif(:status = 'done', (SELECT coalesce(max(done_seq), 0) + 1 FROM jobs), NULL))
       ON CONFLICT (job_id) DO UPDATE SET
         status = excluded.status,
         compressed_image_path = excluded.compressed_image_path,
         result_image_path = excluded.result_image_path,
         done_seq = excluded.done_seq,
         tried_at = NULL`,
    ),
    get: db.prepare('SELECT * FROM jobs WHERE job_id = :job'),
    list: db.prepare('SELECT * FROM (SELECT * FROM jobs ORDER BY seq DESC LIMIT :limit) ORDER BY seq'),
    pending: db.prepare(
      `SELECT * FROM jobs WHERE ${WITH_IMAGE} AND drive_file_id IS NULL ORDER BY tried_at, seq LIMIT :limit`,
    ),
    all: db.prepare(`SELECT * FROM jobs WHERE ${WITH_IMAGE} ORDER BY tried_at, seq LIMIT :limit`),
    claim: db.prepare(
      `UPDATE jobs SET claim_token = :token, claim_until = :until, tried_at = :now
       WHERE job_id = :job AND (claim_token IS NULL OR claim_until <= :now)
       RETURNING reserved_file_id`,
    ),
    reserve: db.prepare(`UPDATE jobs SET reserved_file_id = :file WHERE ${CLAIMED}`),
    attach: db.prepare(
      `UPDATE jobs SET drive_file_id = :file, drive_link = :link, download_link = :download, qr_url = :qr,
                       drive_uploaded_at = :at, claim_token = NULL, claim_until = NULL
       WHERE ${CLAIMED}`,
    ),
    release: db.prepare(`UPDATE jobs SET claim_token = NULL, claim_until = NULL WHERE ${CLAIMED}`),
    untried: db.prepare(
      `SELECT job_id, done_seq FROM jobs
       WHERE done_seq > :cursor AND drive_file_id IS NULL AND tried_at IS NULL ORDER BY done_seq`,
    ),
    version: db.prepare('PRAGMA data_version'),
  }
  const watchers = new Set<() => void>()
  const version = () => Number(sql.version.get()?.data_version)

  return {
    async put({ job_id: job, status, compressed_image_path, result_image_path }) {
      sql.put.run({ job, status, compressed: compressed_image_path, result: result_image_path })
      for (const look of watchers) setImmediate(look)
    },

    async get(jobId) {
      const row = sql.get.get({ job: jobId })
      return row && toJob(row)
    },

    async list(limit) {
      return sql.list.all({ limit }).map(toJob)
    },

    async pending({ limit, force }) {
      return (force ? sql.all : sql.pending).all({ limit }).map(toJob)
    },

    async claim(jobId, until) {
      const token = randomUUID()
      const row = sql.claim.get({ job: jobId, token, until, now: now() })
      return row && { job_id: jobId, token, reserved_file_id: text(row.reserved_file_id) ?? undefined }
    },

    async reserve({ job_id: job, token }, fileId) {
      return sql.reserve.run({ job, token, file: fileId }).changes === 1
    },

    async attach({ job_id: job, token }, columns) {
      const attached = sql.attach.run({
        job,
        token,
        file: columns.drive_file_id,
        link: columns.drive_link,
        download: columns.download_link,
        qr: columns.qr_url,
        at: columns.drive_uploaded_at,
      })
      return attached.changes === 1
    },

    async release({ job_id: job, token }) {
      sql.release.run({ job, token })
    },

    watchDone(listener) {
      let cursor = 0
      let seen = version()
      const look = () => {
        if (!watchers.has(look)) return
        const rows = readable(() => sql.untried.all({ cursor })) ?? []
        cursor = Number(rows.at(-1)?.done_seq ?? cursor)
        for (const row of rows) listener(String(row.job_id))
      }
      const poll = () => {
        const current = readable(version)
        if (current === undefined || current === seen) return
        seen = current
        look()
      }
      watchers.add(look)
      setImmediate(look)
      const timer = setInterval(poll, POLL_INTERVAL)
      timer.unref()
      return {
        stop() {
          watchers.delete(look)
          clearInterval(timer)
        },
      }
    },
  }
}

/** Undefined where the database cannot be read: nobody awaits the watch, and the next sync meets the same error and tells it. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/**
 * Releases the claims of processes that died. Only the process that holds the data directory may call it, before it makes
 * claims of its own.
 */
export function releaseClaims(db: DatabaseSync): void {
  transaction(db, () =>
    db.exec('UPDATE jobs SET claim_token = NULL, claim_until = NULL WHERE claim_token IS NOT NULL'),
  )
}

const text = (value: SQLOutputValue | undefined) => (typeof value === 'string' ? value : null)

function toJob(row: Record<string, SQLOutputValue>): Job {
  return {
    job_id: String(row.job_id),
    status: String(row.status) as Job['status'],
    compressed_image_path: text(row.compressed_image_path),
    result_image_path: text(row.result_image_path),
    drive_file_id: text(row.drive_file_id),
    drive_link: text(row.drive_link),
    download_link: text(row.download_link),
    qr_url: text(row.qr_url),
    drive_uploaded_at: text(row.drive_uploaded_at),
    tried_at: row.tried_at === null ? null : new Date(Number(row.tried_at)).toISOString(),
  }
}
