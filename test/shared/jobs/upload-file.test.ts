import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { googleUploadDrive } from '../../../shared/drive/google/upload/drive.ts'
import { uploadFile } from '../../../shared/jobs/upload-file.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { bytes, sourceOf } from '../drive/upload-contract.ts'

let google: DriveServer

beforeEach(async () => {
  google = await startDriveServer()
  google.addToken('token', 'uploader@example.com')
})
afterEach(() => google.close())

test('tries that are refused when the file is shared leave nothing in the folder', async () => {
  const folderId = google.addFolder('Results').id
  const credentials = { accessToken: async () => 'token' }
  const drive = googleUploadDrive({ apiRoot: google.url, credentials })
  const deps = { drive, folderId, apiBaseUrl: 'http://localhost:8000/api/v1' }
  const refused = { status: 403, reason: 'sharingRateLimitExceeded' }
  google.fault({ method: 'POST', path: /\/permissions$/, times: 2 }, refused)
  const upload = () => uploadFile(sourceOf('a.png', bytes(1_000)), deps)
  for (let time = 0; time < 2; time++) {
    await expect(upload()).rejects.toMatchObject({ code: 'drive_quota_exceeded' })
  }
  const { file_id } = await upload()
  const files = google.items.childrenOf(folderId).filter(({ trashed }) => !trashed)
  expect(files.map(({ id }) => id)).toEqual([file_id])
})
