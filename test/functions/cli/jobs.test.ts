import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Job } from '../../../shared/store/jobs-port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { BARE_ENV } from '../../bare-env.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { png, storedIn } from '../upload/upload-server.ts'
import { startCommand } from './run-command.ts'

const COMMAND = fileURLToPath(new URL('../../../functions/cli/jobs.ts', import.meta.url))
const MAIN = fileURLToPath(new URL('../../../functions/local/main.ts', import.meta.url))
const base = await temporaryDir()
let dataDir: string
let image: string
const running: ChildProcess[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(base, 'data-'))
  image = join(dataDir, 'result.png')
  await writeFile(image, png())
})
afterEach(async () => {
  for (const server of running.splice(0)) await kill(server)
})

async function jobs(...args: string[]) {
  const { code, stdout, stderr } = await startCommand('cli/jobs', args, {
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
  }).finished
  return { code, stdout: stdout.trimEnd(), stderr }
}

/** Starts `npm start` in its own process; resolves with the process and its address. */
async function serve(): Promise<{ server: ChildProcess; api: string }> {
  const photos = join(dataDir, 'photos')
  await mkdir(photos, { recursive: true })
  const server = spawn(process.execPath, [MAIN, '--port', '0', '--photos', photos], {
    env: { ...BARE_ENV, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(server)
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const api = /listens on (\S+)/.exec(line)?.[1]
    if (api) return { server, api }
  }
  throw new Error('the server did not start')
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
}

const driveDir = () => join(dataDir, 'drive')

/** Resolves when the Drive's directory has so many files. */
async function untilStored(count: number): Promise<void> {
  await mkdir(driveDir(), { recursive: true })
  const changes = watch(driveDir())
  try {
    for (;;) {
      // Start watching before counting, so that no change in between is missed.
      const changed = once(changes, 'change')
      if ((await storedIn(driveDir())).length >= count) return
      await changed
    }
  } finally {
    changes.close()
  }
}

/** Opens the store while other processes may have it open too. */
async function withStore<T>(work: (store: ReturnType<typeof sqliteStore>) => Promise<T>): Promise<T> {
  const store = sqliteStore(openDatabase(dataDir))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

test('add, list and done', async () => {
  const added = await jobs('add', '--result', image, '--id', 'job-1')
  expect(added).toEqual({ code: 0, stdout: 'job-1', stderr: '' })
  const other = await jobs('add', '--result', 'gs://bucket/result.png', '--compressed', image)
  expect(other.stdout).toMatch(/^[\w-]{36}$/)
  expect((await jobs('done', 'job-1')).code).toBe(0)
  expect((await jobs('list')).stdout).toBe(
    `job-1  done  not uploaded\n${other.stdout}  processing  not uploaded`,
  )
  const [first, second] = (await jobs('list', '--json')).stdout.split('\n').map((line) => JSON.parse(line))
  expect(first).toMatchObject({
    job_id: 'job-1',
    status: 'done',
    result_image_path: image,
    drive_file_id: null,
  })
  expect(second).toMatchObject({
    compressed_image_path: image,
    result_image_path: 'gs://bucket/result.png',
  })
  expect((await jobs('list', '--limit', '1')).stdout).toContain(other.stdout)
})

test.each([
  [2, ['add']],
  [2, ['add', '--result', '/nowhere/a.png']],
  [2, ['add', '--result', COMMAND]],
  [2, ['list', '--limit', 'x']],
  [2, ['remove', 'job-1']],
  [1, ['done', 'never-put']],
])('exit code %i: %j', async (code, args) => {
  const answer = await jobs(...args)
  expect([answer.code, answer.stdout]).toEqual([code, ''])
  expect(answer.stderr).toMatch(/\w+/)
  expect(answer.stderr).not.toMatch(/\n\s+at /)
})

test('an existing job is not overwritten', async () => {
  await jobs('add', '--result', image, '--id', 'job-1', '--done')
  expect(await jobs('add', '--result', image, '--id', 'job-1')).toMatchObject({ code: 2, stdout: '' })
  expect((await jobs('list')).stdout).toContain('job-1  done')
})

describe('beside a server', () => {
  test('a job that becomes done is uploaded, and its links work', async () => {
    const { api } = await serve()
    await jobs('add', '--result', image, '--id', 'job-1')
    expect(await storedIn(driveDir())).toEqual([])
    await jobs('done', 'job-1')
    await untilStored(1)
    const ask = () =>
      fetch(`${api}/drive/upload-job`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ job_id: 'job-1' }),
      })
    // The file appears just before the Drive columns are set; until then the automatic upload holds the job.
    let response = await ask()
    while (response.status === 409) response = await ask()
    const job = (await response.json()) as Job
    expect(Buffer.from(await (await fetch(job.download_link ?? '')).arrayBuffer())).toEqual(png())
    expect((await fetch(job.qr_url ?? '')).headers.get('content-type')).toBe('image/png')
    expect(await storedIn(driveDir())).toHaveLength(1)
    expect((await jobs('list')).stdout).toBe(`job-1  done  ${job.download_link}`)
  })

  test('a server killed repeatedly during sync uploads each job exactly once', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `job-${index}`)
    await withStore(async ({ jobs }) => {
      for (const [index, job_id] of ids.entries()) {
        const path = join(dataDir, `${job_id}.png`)
        await writeFile(path, png(3_000_000, index))
        await jobs.put({ job_id, status: 'done', compressed_image_path: null, result_image_path: path })
      }
    })
    for (const files of [3, 15]) {
      const { server, api } = await serve()
      // Beside the sync of its own start.
      const sync = fetch(`${api}/drive/sync`, { method: 'POST' }).catch(() => {})
      await untilStored(files)
      await kill(server)
      await sync
    }
    const { api } = await serve()
    let left: number
    do {
      const response = await fetch(`${api}/drive/sync`, { method: 'POST' })
      const { total, uploaded, failed } = (await response.json()) as Record<string, number>
      expect(failed).toBe(0)
      left = (total ?? 0) - (uploaded ?? 0)
    } while (left > 0)
    const all = await withStore(({ jobs }) => jobs.list(100))
    expect(all.map((job) => job.drive_file_id).sort()).toEqual((await storedIn(driveDir())).sort())
    expect(new Set(all.map((job) => job.drive_file_id)).size).toBe(30)
    for (const job of all) {
      for (const column of [job.drive_link, job.download_link, job.qr_url, job.drive_uploaded_at]) {
        expect(column).toEqual(expect.any(String))
      }
      const content = await readFile(join(driveDir(), `${job.drive_file_id}.png`))
      expect(content.equals(await readFile(job.result_image_path ?? ''))).toBe(true)
    }
  })
})
