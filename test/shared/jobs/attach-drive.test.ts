import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { googleUploadDrive } from '../../../shared/drive/google/upload/drive.ts'
import { attachDrive } from '../../../shared/jobs/attach-drive.ts'
import { syncDrive } from '../../../shared/jobs/sync.ts'
import type { Job } from '../../../shared/store/jobs-port.ts'
import type { Effect } from '../../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { png, type UploadServer, uploadServer } from '../../functions/upload/upload-server.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const SHARE = { method: 'POST', path: /\/permissions$/ }
const CREATE = { method: 'POST', path: '/upload/drive/v3/files' }

const dir = await temporaryDir()
let google: DriveServer
let server: UploadServer

beforeEach(async () => {
  google = await startDriveServer()
  google.addToken('token', 'uploader@example.com')
  const drive = googleUploadDrive({
    apiRoot: google.url,
    credentials: { accessToken: async () => 'token' },
    backoffMs: 1,
  })
  const env = { TARGET_FOLDER_ID: google.addFolder('Results').id }
  server = await uploadServer(dir, { between: () => drive, env })
})
afterEach(() => Promise.all([server.close(), google.close()]))

const files = () => [...google.items.all.values()].filter((item) => item.content)
const writes = () =>
  google.requests
    .filter(
      ({ method, path }) => method !== 'GET' && path.includes('/files') && !path.includes('/permissions'),
    )
    .map(({ method, path }) => `${method} ${path}`)

/** The one file, which anyone can read, is that of the job. */
async function expectStored(job: Job, content: Uint8Array): Promise<void> {
  const [file, ...others] = files()
  expect(others).toEqual([])
  expect(file).toMatchObject({ id: job.drive_file_id, trashed: false, permissions: [{ type: 'anyone' }] })
  expect(Buffer.compare(Buffer.from((await file?.content?.read()) ?? []), content)).toBe(0)
}

test('the first try makes the file', async () => {
  await server.addJob('a', 'done', png(2_000, 1))
  const { job } = await attachDrive('a', server.deps)
  await expectStored(job, png(2_000, 1))
  expect(writes()).toEqual(['POST /upload/drive/v3/files'])
})

test.each<[string, typeof SHARE | typeof CREATE, Effect]>([
  ['refused', SHARE, { status: 403, reason: 'sharingRateLimitExceeded' }],
  ['cut off', SHARE, { status: 503, reason: 'backendError' }],
  ['stored without an answer', CREATE, 'lose answer'],
])(
  'a picture that was made again after a try that was %s is the one that is public',
  async (_, match, effect) => {
    const path = await server.addJob('a', 'done', png(2_000, 1))
    google.fault({ ...match }, effect)
    google.fault({ ...SHARE, times: Infinity }, { status: 503, reason: 'backendError' })
    await expect(attachDrive('a', server.deps)).rejects.toMatchObject({ name: 'AppError' })
    google.clearFaults()
    await writeFile(path, png(3_000, 2))
    const { job } = await attachDrive('a', server.deps)
    await expectStored(job, png(3_000, 2))
  },
)

test('files of an account that uploaded before are given up for files of this one', async () => {
  for (const id of ['a', 'b', 'c']) await server.addJob(id)
  await syncDrive(server.deps, { force: false })
  const before = files()
  const path = new RegExp(before.map(({ id }) => id).join('|'))
  google.fault(
    { method: 'PATCH', path, times: Infinity },
    { status: 403, reason: 'insufficientFilePermissions' },
  )
  await server.addJob('d')
  expect(await syncDrive(server.deps, { force: true })).toMatchObject({ uploaded: 4, failed: 0 })
  const after = files().filter((file) => !before.includes(file))
  const ids = (await server.jobs.list(4)).map((job) => job.drive_file_id)
  expect(ids.sort()).toEqual(after.map(({ id }) => id).sort())
})
