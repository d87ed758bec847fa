import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals'
import { googleUploadDrive } from '../../../shared/drive/google/upload/drive.ts'
import { uploadOnce } from '../../../shared/jobs/upload-once.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { bytes, sourceOf } from '../drive/upload-contract.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())
let google: DriveServer

beforeEach(async () => {
  google = await startDriveServer()
  google.addToken('token', 'uploader@example.com')
})
afterEach(() => google.close())

function uploadsTo(folderId: string) {
  const drive = googleUploadDrive({ apiRoot: google.url, credentials: { accessToken: async () => 'token' } })
  const { uploads } = store
  const links = { apiBaseUrl: 'http://localhost:8000/api/v1', qrTarget: 'download' as const }
  return { drive, uploads, uploadsTo: 'google', folderId, ...links }
}

test('tries that are refused when the file is shared leave nothing in the folder', async () => {
  const folderId = google.addFolder('Results').id
  const deps = uploadsTo(folderId)
  const refused = { status: 403, reason: 'sharingRateLimitExceeded' }
  google.fault({ method: 'POST', path: /\/permissions$/, times: 2 }, refused)
  const upload = () => uploadOnce(sourceOf('a.png', bytes(1_000)), deps)
  for (let time = 0; time < 2; time++) {
    await expect(upload()).rejects.toMatchObject({ code: 'drive_quota_exceeded' })
  }
  const { file_id } = await upload()
  const files = google.items.childrenOf(folderId).filter(({ trashed }) => !trashed)
  expect(files.map(({ id }) => id)).toEqual([file_id])
})

test('the same content is one file, also at the same time, until that file is deleted for good', async () => {
  const folderId = google.addFolder('Results').id
  const deps = uploadsTo(folderId)
  const upload = (name: string) => uploadOnce(sourceOf(name, bytes(1_000)), deps)
  const [first, ...others] = await Promise.all(['a.png', 'b.png', 'c.png'].map(upload))
  expect(others).toEqual([first, first])
  expect(await upload('d.png')).toEqual(first)
  expect(google.items.childrenOf(folderId)).toHaveLength(1)
  expect((await uploadOnce(sourceOf('a.png', bytes(1_001)), deps)).file_id).not.toBe(first?.file_id)

  google.items.all.delete(first?.file_id ?? '')
  const again = await upload('a.png')
  expect(google.items.get(again.file_id).parents).toEqual([folderId])
  expect(await upload('a.png')).toEqual(again)
})

test('what an earlier account uploaded is uploaded anew', async () => {
  const deps = uploadsTo(google.addFolder('Results').id)
  const upload = () => uploadOnce(sourceOf('a.png', bytes(1_000)), deps)
  const { file_id } = await upload()
  google.items.get(file_id).isOwn = false
  const again = await upload()
  expect(again.file_id).not.toBe(file_id)
  expect(await upload()).toEqual(again)
})

test('a try that is refused when the file is shared leaves that of another who uploads it at the time', async () => {
  const deps = uploadsTo(google.addFolder('Results').id)
  google.fault(
    { method: 'POST', path: /\/permissions$/ },
    { status: 403, reason: 'sharingRateLimitExceeded' },
  )
  const upload = () => uploadOnce(sourceOf('a.png', bytes(1_000)), deps)
  const [refused, stored] = await Promise.allSettled([upload(), upload()])
  expect([refused.status, stored.status].sort()).toEqual(['fulfilled', 'rejected'])
  expect([...google.items.all.values()].filter(({ content }) => content)).toMatchObject([{ trashed: false }])
})
