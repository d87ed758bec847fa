import { rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { handleJobEvent } from '../../../functions/job-done/handler.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import type { UploadDrive } from '../../../shared/drive/port.ts'
import { startUploads, uploadDoneJob } from '../../../shared/jobs/automatic.ts'
import type { Job } from '../../../shared/store/jobs-port.ts'
import { logLines } from '../../log-lines.ts'
import { NOT_ON_DRIVE } from '../../shared/store/samples.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { png, type UploadServer, type UploadServerOptions, uploadServer } from '../upload/upload-server.ts'

const dir = await temporaryDir()
let server: UploadServer
const opened: UploadServer[] = []

async function open(options: UploadServerOptions = {}): Promise<UploadServer> {
  server = await uploadServer(dir, options)
  opened.push(server)
  return server
}
beforeEach(async () => {
  await open()
})
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

const sync = async (query = '') => (await server.post(`/drive/sync${query}`)).body
const NOTHING = { total: 0, uploaded: 0, skipped: 0, failed: 0, not_tried: 0, errors: [] }

async function expectAttached(jobId: string): Promise<Job> {
  const job = await server.jobs.get(jobId)
  expect(job?.drive_link).toBe(`${server.base}/drive/files/${job?.drive_file_id}/content`)
  expect(job?.download_link).toBe(job?.drive_link)
  expect(job?.qr_url).toBe(`${server.base}/drive/qr?url=${encodeURIComponent(job?.download_link ?? '')}`)
  expect(Date.parse(job?.drive_uploaded_at ?? '')).not.toBeNaN()
  return job as Job
}
const contentOf = async (job: Job) => Buffer.from(await (await fetch(job.download_link ?? '')).arrayBuffer())

/** A Drive whose uploads fail while `fault` returns an error. */
const failing = (fault: (name: string) => AppError | undefined) => (drive: UploadDrive) => ({
  ...drive,
  async upload(...[source, ...rest]: Parameters<UploadDrive['upload']>) {
    const error = fault(source.name)
    if (error) throw error
    await drive.upload(source, ...rest)
  },
})

describe('POST /drive/sync', () => {
  test('uploads each finished job without a Drive file once', async () => {
    for (const id of ['a', 'b', 'c']) await server.addJob(id)
    await server.addJob('running', 'processing')
    expect(await sync()).toEqual({ ...NOTHING, total: 3, uploaded: 3 })
    const files = []
    for (const id of ['a', 'b', 'c']) files.push((await expectAttached(id)).drive_file_id)
    expect((await server.stored()).sort()).toEqual(files.sort())
    expect(await server.jobs.get('running')).toMatchObject(NOT_ON_DRIVE)
    expect(await sync()).toEqual(NOTHING)
  })

  test('uploads at most `limit` jobs, the oldest first', async () => {
    for (const id of ['a', 'b', 'c']) await server.addJob(id)
    expect(await sync('?limit=2')).toEqual({ ...NOTHING, total: 2, uploaded: 2 })
    expect(await server.jobs.get('c')).toMatchObject(NOT_ON_DRIVE)
  })

  test('`force` replaces the content and keeps the links', async () => {
    const path = await server.addJob('a')
    await sync()
    const before = await expectAttached('a')
    await writeFile(path, png(3_000, 99))
    expect(await sync('?force=true')).toEqual({ ...NOTHING, total: 1, uploaded: 1 })
    const after = await expectAttached('a')
    expect(after.drive_file_id).toBe(before.drive_file_id)
    expect(Date.parse(after.drive_uploaded_at ?? '')).toBeGreaterThanOrEqual(
      Date.parse(before.drive_uploaded_at ?? ''),
    )
    expect(await contentOf(after)).toEqual(png(3_000, 99))
    expect(await server.stored()).toEqual([before.drive_file_id])
  })

  test('`force` creates a new file if the old one was deleted for good', async () => {
    const deleted = new Set<string>()
    await open({
      between: (drive) => ({
        ...drive,
        async upload(source, fileId, ...rest) {
          if (deleted.has(fileId)) throw new AppError('file_not_found', 'The file was deleted.')
          await drive.upload(source, fileId, ...rest)
        },
      }),
    })
    await server.addJob('a')
    await sync()
    const before = (await expectAttached('a')).drive_file_id ?? ''
    deleted.add(before)
    expect(await sync('?force=1')).toMatchObject({ uploaded: 1, failed: 0 })
    expect((await expectAttached('a')).drive_file_id).not.toBe(before)
  })

  test('replaces a reserved id of another drive by one of this drive', async () => {
    await server.addJob('a')
    const claim = await server.jobs.claim('a', Date.now() + 60_000)
    if (!claim) throw new Error('no claim')
    await server.jobs.reserve(claim, '1AbCdEfGhIjKlMnOpQrStUvWxYz012345')
    await server.jobs.release(claim)
    expect(await sync()).toMatchObject({ uploaded: 1, failed: 0 })
    expect(await server.stored()).toEqual([(await expectAttached('a')).drive_file_id])
  })

  test.each(['?limit=0', '?limit=x', '?limit=1.5', '?force=maybe'])('%s is refused', async (query) => {
    expect(await server.post(`/drive/sync${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request' } },
    })
  })

  test('uploads the compressed image if it exists, otherwise the result; with DRIVE_UPLOAD_SOURCE=results always the result', async () => {
    for (const [env, expected] of [
      [{}, ['both.jpg', 'result only.png', 'compressed gone.png']],
      [{ DRIVE_UPLOAD_SOURCE: 'results' }, ['both.png', 'result only.png', 'compressed gone.png']],
    ] as const) {
      await open({ env })
      for (const name of ['both', 'result only', 'compressed gone']) {
        const result = await server.addJob(name)
        const compressed = result.replace(/png$/, 'jpg')
        await writeFile(compressed, png(1_000, 5))
        if (name === 'compressed gone') await rm(compressed)
        await server.jobs.put({
          job_id: name,
          status: 'done',
          compressed_image_path: name === 'result only' ? null : compressed,
          result_image_path: result,
        })
      }
      await sync()
      const names = []
      for (const id of ['both', 'result only', 'compressed gone']) {
        const disposition = (await fetch((await expectAttached(id)).download_link ?? '')).headers
        names.push(/filename="?([^"]+)"?/.exec(disposition.get('content-disposition') ?? '')?.[1])
      }
      expect(names).toEqual(expected)
    }
  })

  test('20 concurrent syncs upload 50 jobs once each', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `job-${index}`)
    for (const id of ids) await server.addJob(id)
    const results = await Promise.all(Array.from({ length: 20 }, () => sync()))
    expect(results.reduce((sum, result) => sum + result.uploaded, 0)).toBe(50)
    for (const result of results) {
      expect(result.failed).toBe(0)
      expect(result.uploaded + result.skipped).toBe(result.total)
    }
    const files = new Set<string | null>()
    for (const id of ids) files.add((await expectAttached(id)).drive_file_id)
    expect(files.size).toBe(50)
    expect((await server.stored()).sort()).toEqual([...files].sort())
  })

  test('20 concurrent syncs with `force` replace every file once', async () => {
    const times = new Map<string, number>()
    let stoppedAt: number | undefined
    await open({
      // A stopped clock: all syncs start at the same time, even if a request arrives late.
      now: () => stoppedAt ?? Date.now(),
      between: (drive) => ({
        ...drive,
        async upload(source, fileId, folderId, options) {
          if (options?.replace) times.set(fileId, (times.get(fileId) ?? 0) + 1)
          await drive.upload(source, fileId, folderId, options)
        },
      }),
    })
    for (let index = 0; index < 10; index++) await server.addJob(`job-${index}`)
    await sync()
    stoppedAt = Date.now() + 1
    await Promise.all(Array.from({ length: 20 }, () => sync('?force=true')))
    expect(await server.stored()).toHaveLength(10)
    expect([...times.keys()].sort()).toEqual((await server.stored()).sort())
    for (const count of times.values()) expect(count).toBe(1)
  })
})

describe('a Drive that fails', () => {
  test('leaves the columns of the job empty, and the next sync uploads under the reserved id', async () => {
    let down = true
    const reserved: string[] = []
    await open({
      between: (drive) => ({
        ...failing((name) =>
          down && name === 'b.png' ? new AppError('drive_unavailable', 'Drive does not answer.') : undefined,
        )(drive),
        async reserveId() {
          reserved.push(await drive.reserveId())
          return reserved.at(-1) ?? ''
        },
      }),
    })
    for (const id of ['a', 'b', 'c']) await server.addJob(id)
    expect(await sync()).toEqual({
      ...NOTHING,
      total: 3,
      uploaded: 2,
      failed: 1,
      errors: [{ job_id: 'b', code: 'drive_unavailable', message: 'Drive does not answer.' }],
    })
    expect(await server.jobs.get('b')).toMatchObject({ status: 'done', ...NOT_ON_DRIVE })
    down = false
    expect(await sync()).toEqual({ ...NOTHING, total: 1, uploaded: 1 })
    await expectAttached('b')
    expect(reserved).toHaveLength(3)
    expect((await server.stored()).sort()).toEqual(reserved.sort())
  })

  test('does not stop for a job whose image cannot be read', async () => {
    await rm(await server.addJob('gone'))
    await server.addJob('text', 'done', Buffer.from('hello'))
    await server.addJob('good')
    const { errors, ...counts } = await sync()
    expect(counts).toMatchObject({ total: 3, uploaded: 1, failed: 2 })
    expect(
      errors.map((error: { job_id: string; code: string }) => [error.job_id, error.code]).sort(),
    ).toEqual([
      ['gone', 'job_file_not_found'],
      ['text', 'unsupported_file_type'],
    ])
    expect(JSON.stringify(errors)).not.toContain(dir)
  })

  test('that accepts no uploads returns its error and is not tried for every job', async () => {
    let tries = 0
    await open({
      between: failing(() => {
        tries++
        return new AppError('uploader_not_authorized', 'Run npm run authorize.')
      }),
    })
    for (let index = 0; index < 20; index++) await server.addJob(`job-${index}`)
    expect(await server.post('/drive/sync')).toMatchObject({
      status: 500,
      body: { error: { code: 'uploader_not_authorized', message: 'Run npm run authorize.' } },
    })
    expect(tries).toBeLessThanOrEqual(4)
  })

  test('that stops accepting uploads returns what was done until then', async () => {
    let room = 5
    await open({
      between: failing(() =>
        room-- > 0 ? undefined : new AppError('drive_quota_exceeded', 'The Drive is full.'),
      ),
    })
    for (let index = 0; index < 20; index++) await server.addJob(`job-${index}`)
    const { errors, ...counts } = await sync()
    expect(counts.uploaded).toBe(5)
    expect(counts.failed + counts.not_tried).toBe(15)
    expect(counts.failed).toBe(errors.length)
    expect(counts.failed).toBeLessThanOrEqual(4)
  })
})

describe('the automatic upload', () => {
  const DRIVE_DOWN = new AppError('drive_unavailable', 'Drive does not answer.')

  async function attached(jobId: string): Promise<Job> {
    for (;;) {
      const job = await server.jobs.get(jobId)
      if (job?.drive_file_id) return job
      await new Promise(setImmediate)
    }
  }

  test('uploads jobs when they become done, and at its start those that were missed', async () => {
    await server.addJob('missed')
    await server.addJob('later', 'processing')
    const uploads = startUploads(server.deps)
    await attached('missed')
    expect(await server.jobs.get('later')).toMatchObject(NOT_ON_DRIVE)
    await server.addJob('later', 'done')
    await attached('later')
    await expectAttached('later')
    await uploads.stop()
    expect(await server.stored()).toHaveLength(2)
  })

  test('creates one file per job beside overlapping syncs', async () => {
    const uploads = startUploads(server.deps)
    const ids = Array.from({ length: 30 }, (_, index) => `job-${index}`)
    const syncs: Promise<unknown>[] = []
    for (const id of ids) {
      await server.addJob(id)
      syncs.push(sync())
    }
    await Promise.all(syncs)
    for (const id of ids) await attached(id)
    await uploads.stop()
    expect(await server.stored()).toHaveLength(30)
  })

  test('that fails leaves the job done with empty columns, is not retried automatically, and is completed by sync', async () => {
    const { log, until } = logLines()
    let down = true
    let tries = 0
    await open({
      log,
      between: failing(() => {
        tries++
        return down ? DRIVE_DOWN : undefined
      }),
    })
    const watch = server.jobs.watchDone((jobId) => void uploadDoneJob(jobId, server.deps))
    await server.addJob('a')
    await until('could not upload the image of a job')
    watch.stop()
    expect(await server.jobs.get('a')).toMatchObject({ status: 'done', ...NOT_ON_DRIVE })
    expect(tries).toBe(1)
    down = false
    expect(await sync()).toMatchObject({ total: 1, uploaded: 1 })
    await expectAttached('a')
  })

  test('by a Firestore event reads the job from the store', async () => {
    await server.addJob('a')
    await handleJobEvent({ document: 'jobs/a' }, server.deps)
    const { drive_file_id } = await expectAttached('a')
    await handleJobEvent({ document: 'jobs/a' }, server.deps)
    await server.addJob('b')
    await handleJobEvent({ subject: 'documents/jobs/b' }, server.deps)
    await expectAttached('b')
    await server.addJob('c', 'processing')
    for (const document of ['jobs/c', 'jobs/never-put', 'scans/a', 'jobs/a/b', 7, undefined]) {
      await handleJobEvent({ document }, server.deps)
    }
    expect(await server.stored()).toHaveLength(2)
    expect((await server.jobs.get('a'))?.drive_file_id).toBe(drive_file_id)
  })

  test('by Firestore events is not repeated by the events of its own failed try', async () => {
    let tries = 0
    await open({
      between: failing(() => {
        tries++
        return DRIVE_DOWN
      }),
    })
    await server.addJob('a')
    // Every write to the job is an event: the claim, the reserved id, the release.
    for (let event = 0; event < 5; event++) await handleJobEvent({ document: 'jobs/a' }, server.deps)
    expect(tries).toBe(1)
    expect(await server.jobs.get('a')).toMatchObject({ status: 'done', ...NOT_ON_DRIVE })
  })
})
