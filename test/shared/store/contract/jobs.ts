import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Job, JobClaim, JobStore } from '../../../../shared/store/jobs-port.ts'
import type { Store } from '../../../../shared/store/port.ts'
import { NOT_ON_DRIVE } from '../samples.ts'

export interface OpenJobs {
  store: Store
  /** The same jobs, opened as by another process. */
  other: Store
  close: () => Promise<void>
}

const COLUMNS = {
  drive_file_id: 'file-1',
  drive_link: 'https://drive.example/file-1',
  download_link: 'https://drive.example/file-1/download',
  qr_url: 'https://api.example/qr?url=file-1',
  drive_uploaded_at: '2026-05-01T12:00:00.123Z',
}
const EMPTY = { ...NOT_ON_DRIVE, tried_at: null }
const SECOND = 1_000
const MINUTE = 60_000

/** What the jobs of every store adapter promise; see shared/store/port.ts. */
export function jobsContract(name: string, open: (clock: () => number) => Promise<OpenJobs>): void {
  describe(`the jobs on ${name}`, () => {
    let opened: OpenJobs
    let jobs: JobStore
    let now: number

    beforeEach(async () => {
      now = Date.parse('2026-05-01T10:00:00Z')
      opened = await open(() => now)
      jobs = opened.store.jobs
    })
    afterEach(() => opened.close())

    async function put(job_id: string, fields: Partial<Job> = {}): Promise<void> {
      const { status = 'done', compressed_image_path = null, result_image_path = `/${job_id}.png` } = fields
      await jobs.put({ job_id, status, compressed_image_path, result_image_path })
      now += SECOND
    }
    const claim = async (jobId: string): Promise<JobClaim> => {
      const claimed = await jobs.claim(jobId, now + MINUTE)
      if (!claimed) throw new Error(`${jobId} cannot be claimed`)
      return claimed
    }
    const pending = async (options: Partial<Parameters<JobStore['pending']>[0]> = {}) =>
      (await jobs.pending({ limit: 100, force: false, ...options })).map((job) => job.job_id)

    test('returns a job as it was put, with empty Drive columns', async () => {
      const job = {
        job_id: 'a',
        status: 'processing' as const,
        compressed_image_path: null,
        result_image_path: '/a.png',
      }
      await jobs.put(job)
      expect(await jobs.get('a')).toEqual({ ...job, ...EMPTY })
      await jobs.put({ ...job, status: 'done', compressed_image_path: 'gs://bucket/a.jpg' })
      expect(await jobs.get('a')).toEqual({
        ...job,
        ...EMPTY,
        status: 'done',
        compressed_image_path: 'gs://bucket/a.jpg',
      })
    })

    test('lists the newest jobs, newest last', async () => {
      for (const id of ['c', 'a', 'b']) await put(id)
      await put('c', { status: 'failed' })
      expect((await jobs.list(10)).map((job) => job.job_id)).toEqual(['c', 'a', 'b'])
      expect((await jobs.list(2)).map((job) => job.job_id)).toEqual(['a', 'b'])
    })

    test.each(['', '.', '..', 'a/b', '__x__', 'x'.repeat(5000), 'never-put'])(
      '%.10j does not exist',
      async (id) => {
        expect(await jobs.get(id)).toBeUndefined()
        expect(await jobs.claim(id, now + MINUTE)).toBeUndefined()
        const forged = { job_id: id, token: 'token', reserved_file_id: undefined }
        expect(await jobs.reserve(forged, 'file-1')).toBe(false)
        expect(await jobs.attach(forged, COLUMNS)).toBe(false)
        await jobs.release(forged)
        expect(await jobs.list(10)).toEqual([])
      },
    )

    describe('pending', () => {
      test('returns done jobs with an image and without a Drive file, oldest first', async () => {
        await put('queued', { status: 'queued' })
        await put('failed', { status: 'failed' })
        await put('later')
        await put('no image', { result_image_path: null })
        await put('compressed', { compressed_image_path: '/c.jpg', result_image_path: null })
        await put('uploaded')
        await jobs.attach(await claim('uploaded'), COLUMNS)
        expect(await pending()).toEqual(['later', 'compressed'])
        expect(await pending({ limit: 1 })).toEqual(['later'])
      })

      test('with force also returns those that have a Drive file', async () => {
        await put('uploaded')
        await jobs.attach(await claim('uploaded'), COLUMNS)
        await put('new')
        await put('processing', { status: 'processing' })
        expect(await pending({ force: true })).toEqual(['new', 'uploaded'])
        expect(await pending({ force: true, limit: 1 })).toEqual(['new'])
      })

      test('puts jobs that were tried after those that were not', async () => {
        for (const id of ['first', 'second', 'third']) await put(id)
        for (const id of ['second', 'first']) {
          await jobs.release(await claim(id))
          now += SECOND
        }
        expect(await pending()).toEqual(['third', 'second', 'first'])
        expect((await jobs.get('second'))?.tried_at).toBe(new Date(now - 2 * SECOND).toISOString())
        await put('second')
        expect((await jobs.get('second'))?.tried_at).toBeNull()
      })
    })

    describe('a claim', () => {
      test('has one winner among 20 in parallel', async () => {
        await put('a')
        const claims = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 ? jobs : opened.other.jobs).claim('a', now + MINUTE),
          ),
        )
        expect(claims.filter((claimed) => claimed)).toHaveLength(1)
      })

      test('ends when it is released and when it expires', async () => {
        await put('a')
        const first = await claim('a')
        await jobs.release(first)
        const second = await claim('a')
        expect(second.token).not.toBe(first.token)
        await jobs.release(first)
        expect(await jobs.claim('a', now + MINUTE)).toBeUndefined()
        now += MINUTE
        expect(await jobs.claim('a', now + MINUTE)).toBeDefined()
      })

      test('that another one has replaced changes nothing', async () => {
        await put('a')
        const late = await claim('a')
        now += MINUTE
        const next = await claim('a')
        expect(await jobs.reserve(late, 'file-2')).toBe(false)
        expect(await jobs.attach(late, COLUMNS)).toBe(false)
        await jobs.release(late)
        expect(await jobs.get('a')).toMatchObject({ drive_file_id: null })
        expect(await jobs.reserve(next, 'file-1')).toBe(true)
        expect(await jobs.attach(next, COLUMNS)).toBe(true)
      })

      test('that has expired remains valid until another one replaces it', async () => {
        await put('a')
        const late = await claim('a')
        now += MINUTE
        expect(await jobs.attach(late, COLUMNS)).toBe(true)
      })

      test('has the id that was reserved before', async () => {
        await put('a')
        const first = await claim('a')
        expect(first.reserved_file_id).toBeUndefined()
        expect(await jobs.reserve(first, 'file-1')).toBe(true)
        await jobs.release(first)
        const second = await claim('a')
        expect(second.reserved_file_id).toBe('file-1')
        expect(await jobs.reserve(second, 'file-2')).toBe(true)
        await jobs.attach(second, { ...COLUMNS, drive_file_id: 'file-2' })
        expect((await claim('a')).reserved_file_id).toBe('file-2')
      })

      test('ends with attach, which sets all five columns', async () => {
        await put('a')
        const first = await claim('a')
        const tried_at = new Date(now).toISOString()
        expect(await jobs.attach(first, COLUMNS)).toBe(true)
        expect(await jobs.get('a')).toMatchObject({ ...COLUMNS, tried_at })
        const second = await claim('a')
        const moved = { ...COLUMNS, qr_url: 'https://elsewhere.example' }
        expect(await jobs.attach(second, moved)).toBe(true)
        expect(await jobs.get('a')).toMatchObject(moved)
      })

      test('and its columns survive when the job is put again', async () => {
        await put('a')
        await jobs.attach(await claim('a'), COLUMNS)
        await put('a', { result_image_path: '/b.png' })
        expect(await jobs.get('a')).toMatchObject({ ...COLUMNS, result_image_path: '/b.png', tried_at: null })
      })
    })

    describe('a watch', () => {
      function watch(of: JobStore) {
        const reported: string[] = []
        const changes = new EventTarget()
        const { stop } = of.watchDone((jobId) => {
          reported.push(jobId)
          changes.dispatchEvent(new Event('job'))
        })
        return {
          reported,
          stop,
          async until(jobId: string): Promise<void> {
            while (!reported.includes(jobId)) await once(changes, 'job')
          },
        }
      }

      test('reports the jobs that are done, and those that become so', async () => {
        await put('before')
        await put('without', { result_image_path: null })
        await put('processing', { status: 'processing' })
        await put('tried')
        await jobs.release(await claim('tried'))
        await put('uploaded')
        await jobs.attach(await claim('uploaded'), COLUMNS)
        const { reported, until, stop } = watch(jobs)
        await until('before')
        await put('after')
        await until('after')
        await put('processing')
        await until('processing')
        await put('tried')
        await until('tried')
        expect(reported).not.toContain('uploaded')
        stop()
      })

      test('reports a job that another process writes', async () => {
        await put('before')
        const { until, stop } = watch(jobs)
        await until('before')
        const job = { job_id: 'theirs', compressed_image_path: null, result_image_path: '/theirs.png' }
        await opened.other.jobs.put({ ...job, status: 'processing' })
        await opened.other.jobs.put({ ...job, status: 'done' })
        await until('theirs')
        stop()
      })

      test('does not report a job again when its upload has failed', async () => {
        await put('fails')
        const { reported, until, stop } = watch(jobs)
        await until('fails')
        const before = reported.length
        await jobs.release(await claim('fails'))
        await put('next')
        await until('next')
        expect(reported.slice(before)).toEqual(['next'])
        stop()
      })

      test('that was stopped reports nothing more', async () => {
        const stopped = watch(jobs)
        const going = watch(jobs)
        stopped.stop()
        // Several jobs, because the emulator drops notifications of writes made while a listener closes.
        for (let count = 0; going.reported.length === 0; count++) {
          await put(`job-${count}`)
          await setImmediate()
        }
        expect(stopped.reported).toEqual([])
        going.stop()
      })
    })
  })
}
