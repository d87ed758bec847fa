import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Job } from '../../shared/store/jobs-port.ts'
import { openDatabase } from '../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../shared/store/sqlite/store.ts'
import { BARE_ENV } from '../bare-env.ts'
import type { Item } from '../fakes/drive/items.ts'
import { type DriveServer, startDriveServer } from '../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../fakes/google-accounts.ts'
import { png } from '../functions/upload/upload-server.ts'
import { temporaryDir } from '../temporary-dir.ts'

const FUNCTIONS = join(import.meta.dirname, '../../functions')
const DRIVE = 'https://www.googleapis.com/auth/drive'
const TOKEN = 'ya29.the-token-of-the-uploader'
const CLIENT = { client_id: 'desktop.apps.googleusercontent.com', client_secret: 'GOCSPX-secret' }
const FILES = 20

const dir = await temporaryDir()
let accounts: GoogleAccounts
let google: DriveServer
let folder: Item
let dataDir: string
beforeAll(async () => {
  ;[accounts, google] = await Promise.all([startGoogleAccounts(TOKEN, [DRIVE]), startDriveServer()])
  google.addToken(TOKEN, 'uploader@example.com')
})
afterAll(() => Promise.all([accounts.close(), google.close()]))

/** Twenty images in the results directory, and an authorisation that has to be renewed. */
beforeEach(async () => {
  google.clearFaults()
  folder = google.addFolder('Results')
  dataDir = await mkdtemp(join(dir, 'data-'))
  await mkdir(join(dataDir, 'results'))
  const token = { token: 'old', refresh_token: '1//refresh', ...CLIENT, scopes: [DRIVE] }
  await writeFile(join(dataDir, 'token.json'), JSON.stringify(token))
  for (let index = 0; index < FILES; index++) {
    await writeFile(join(dataDir, 'results', `${index}.png`), png(2_000, index + 1))
  }
})

function start(command: string, args: string[] = [], stderr: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  return spawn(process.execPath, [join(FUNCTIONS, command), ...args], {
    env: {
      ...BARE_ENV,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
      // Any directory: nothing is scanned here.
      PHOTOS_DIR: join(dataDir, 'results'),
      GOOGLE_API_ROOT: google.url,
      GOOGLE_OAUTH_ROOT: accounts.url,
      TARGET_FOLDER_ID: folder.id,
    },
    stdio: ['ignore', 'pipe', stderr],
  })
}

/** Sends a signal to the process when it begins its n-th upload, which Google carries out all the same. */
function signalAt(n: number, child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  let uploads = 0
  return new Promise((resolve) => {
    google.fault(
      {
        method: 'POST',
        path: '/upload/drive/v3/files',
        when: () => {
          if (++uploads !== n) return false
          child.kill(signal)
          resolve()
          return false
        },
      },
      'reset',
    )
  })
}

async function killAt(n: number, child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  await signalAt(n, child, 'SIGKILL')
  await gone
}

/** What is on the Drive: each file once, and readable for anyone. */
function expectFiles() {
  const items = google.items.childrenOf(folder.id)
  expect(items.map((item) => item.name).sort()).toEqual(
    Array.from({ length: FILES }, (_, index) => `${index}.png`).sort(),
  )
  for (const { permissions } of items) expect(permissions).toMatchObject([{ type: 'anyone', role: 'reader' }])
  return new Map(items.map((item) => [item.id, item]))
}

/** The exit code and the summary of `upload --json`. */
async function finishUpload(child = start('cli/upload.ts', ['--json'])) {
  const exit = once(child, 'exit')
  const lines = (await text(child.stdout as NodeJS.ReadableStream)).trimEnd().split('\n')
  const [code] = await exit
  return { code, summary: JSON.parse(lines.at(-1) ?? '') }
}

async function withJobs<T>(use: (jobs: ReturnType<typeof sqliteStore>['jobs']) => Promise<T>): Promise<T> {
  const store = sqliteStore(openDatabase(dataDir))
  try {
    return await use(store.jobs)
  } finally {
    await store.close()
  }
}

async function listening(server: ChildProcess): Promise<string> {
  let api = ''
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    api = /listens on (\S+)/.exec(line)?.[1] ?? api
    if (line.startsWith('Uploads: ')) {
      expect(line).toContain('to Google Drive')
      return api
    }
  }
  throw new Error('the server did not start')
}

test('a server that is killed again and again while it uploads jobs makes one file of each', async () => {
  const jobIds = Array.from({ length: FILES }, (_, index) => `job-${index}`)
  await withJobs(async (jobs) => {
    for (const [index, job_id] of jobIds.entries()) {
      const result_image_path = join(dataDir, 'results', `${index}.png`)
      await jobs.put({ job_id, status: 'done', compressed_image_path: null, result_image_path })
    }
  })
  for (const n of [1, 7]) await killAt(n, start('local/main.ts'))

  google.clearFaults()
  const server = start('local/main.ts')
  const api = await listening(server)
  let total = FILES
  // The server's own sync is under way: what that has in hand is skipped.
  while (total > 0) total = (await (await fetch(`${api}/drive/sync`, { method: 'POST' })).json()).total
  const gone = once(server, 'exit')
  server.kill('SIGTERM')
  await gone

  const files = expectFiles()
  const jobs: (Job | undefined)[] = await withJobs((store) => Promise.all(jobIds.map((id) => store.get(id))))
  jobs.forEach((job, index) => {
    const id = job?.drive_file_id ?? ''
    expect(files.get(id)?.name).toBe(`${index}.png`)
    expect(job).toMatchObject({
      drive_link: `https://drive.google.com/file/d/${id}/view?usp=sharing`,
      download_link: `https://drive.google.com/uc?id=${id}&export=download`,
      qr_url: expect.stringContaining('/drive/qr?url='),
      drive_uploaded_at: expect.any(String),
    })
  })
})

test('a folder upload that is killed again and again makes one file of each', async () => {
  for (const n of [1, 7]) {
    const child = start('cli/upload.ts')
    child.stdout?.resume()
    await killAt(n, child)
  }
  google.clearFaults()
  expect(await finishUpload()).toMatchObject({ code: 0, summary: { failed: 0, not_tried: 0 } })
  expectFiles()
})

test('a folder upload that is ended by Ctrl-C finishes what is in hand, says so, and goes on the next time', async () => {
  const child = start('cli/upload.ts', ['--json'])
  const signalled = signalAt(7, child, 'SIGINT')
  const { code, summary } = await finishUpload(child)
  await signalled
  expect([code, summary]).toEqual([1, expect.objectContaining({ status: 'stopped', failed: 0 })])
  expect(summary.not_tried).toBeGreaterThan(0)
  expect(google.items.childrenOf(folder.id)).toHaveLength(summary.uploaded)
  expect(await finishUpload()).toMatchObject({
    code: 0,
    summary: { uploaded: summary.not_tried, present: summary.uploaded, failed: 0, not_tried: 0 },
  })
  expectFiles()
})

test('a second folder upload at the same time is refused', async () => {
  const first = start('cli/upload.ts', ['--json'])
  await signalAt(1, first, 'SIGSTOP')
  const second = start('cli/upload.ts', [], 'pipe')
  const exit = once(second, 'exit')
  const output = [second.stdout, second.stderr].map((stream) => text(stream as NodeJS.ReadableStream))
  const [printed, said] = await Promise.all(output)
  const [code] = await exit
  first.kill('SIGCONT')
  expect([code, printed, said]).toEqual([1, '', expect.stringContaining('another process')])
  expect(await finishUpload(first)).toMatchObject({ code: 0, summary: { uploaded: FILES } })
  expectFiles()
})
