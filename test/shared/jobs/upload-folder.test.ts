import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openManifest } from '../../../functions/cli/upload-manifest.ts'
import { directoryUpload } from '../../../shared/drive/directory/upload.ts'
import { diskImages } from '../../../shared/jobs/image-source/disk.ts'
import { type FileOutcome, uploadFolder } from '../../../shared/jobs/upload-folder.ts'
import { uploadSlots } from '../../../shared/jobs/upload-slots.ts'
import { png } from '../../functions/upload/upload-server.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const dir = await temporaryDir()

test('a file that cannot be read is reported with its reason, and the others are uploaded', async () => {
  await writeFile(join(dir, 'good.png'), png())
  const apiBaseUrl = 'http://localhost:8000/api/v1'
  const deps = {
    images: diskImages(),
    drive: directoryUpload({ root: join(dir, 'drive'), base: { apiBaseUrl } }),
    folderId: undefined,
    apiBaseUrl,
    qrTarget: 'download' as const,
    manifest: await openManifest(join(dir, 'uploads.json'), 'disk'),
    slots: uploadSlots(),
    now: Date.now,
  }
  const files: FileOutcome[] = []
  const options = { force: false, signal: new AbortController().signal }
  await uploadFolder(dir, ['gone.png', 'good.png'], deps, options, (file) => files.push(file))
  expect(files.sort((a, b) => a.name.localeCompare(b.name))).toMatchObject([
    {
      name: 'gone.png',
      outcome: 'failed',
      code: 'job_file_not_found',
      message: 'The image cannot be read (ENOENT).',
    },
    { name: 'good.png', outcome: 'uploaded' },
  ])
})
