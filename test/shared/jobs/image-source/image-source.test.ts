import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cloudStorageImages } from '../../../../shared/jobs/image-source/cloud-storage.ts'
import { diskImages } from '../../../../shared/jobs/image-source/disk.ts'
import { imagesByPath } from '../../../../shared/jobs/image-source/port.ts'
import { type Bucket, type StorageServer, startStorageServer } from '../../../fakes/storage-server.ts'
import { png } from '../../../functions/upload/upload-server.ts'
import { temporaryDir } from '../../../temporary-dir.ts'

const dir = await temporaryDir()

describe('a file on disk', () => {
  const { open } = diskImages()

  test('has a name, a size and the type of its bytes, and is readable from any offset', async () => {
    const path = join(dir, 'Grüße.jpg')
    const content = png(200_000)
    await writeFile(path, content)
    const source = await open(path)
    expect(source).toMatchObject({ name: 'Grüße.jpg', mime_type: 'image/png', size: 200_000 })
    for (const offset of [0, 1, 65_536, 199_999]) {
      expect((await buffer(source.open(offset))).equals(content.subarray(offset))).toBe(true)
    }
  })

  test('that is missing or not a regular file is rejected', async () => {
    await mkdir(join(dir, 'folder.png'), { recursive: true })
    await symlink('nowhere', join(dir, 'dangling.png'))
    execFileSync('mkfifo', [join(dir, 'pipe.png')])
    const names = [
      'missing.png',
      'folder.png',
      'dangling.png',
      'pipe.png',
      'x'.repeat(300),
      'Grüße.jpg/a.png',
    ]
    for (const name of names) {
      const refused = open(join(dir, name))
      await expect(refused).rejects.toMatchObject({ code: 'job_file_not_found' })
      await expect(refused).rejects.not.toThrow(dir)
    }
    await expect(open('')).rejects.toMatchObject({ code: 'job_file_not_found' })
  })

  test('that is empty or not an image is rejected', async () => {
    await writeFile(join(dir, 'empty.png'), '')
    await writeFile(join(dir, 'text.png'), 'hello')
    await expect(open(join(dir, 'empty.png'))).rejects.toMatchObject({ code: 'file_empty' })
    await expect(open(join(dir, 'text.png'))).rejects.toMatchObject({ code: 'unsupported_file_type' })
  })

  test('is not read in the cloud', async () => {
    const images = imagesByPath({ disk: undefined, cloudStorage: cloudStorageImages() })
    const refused = images.open(join(dir, 'Grüße.jpg'))
    await expect(refused).rejects.toMatchObject({ code: 'job_file_not_found' })
  })
})

describe('an object in Cloud Storage', () => {
  const content = png(300_000)
  const objects: Bucket = {
    'folder/Grüße 1.png': { generation: 7, content },
    'empty.png': { generation: 1, content: Buffer.alloc(0) },
    'text.png': { generation: 1, content: Buffer.from('hello') },
  }
  let storage: StorageServer
  beforeAll(async () => {
    storage = await startStorageServer({ bucket: objects })
  })
  afterAll(() => storage.close())
  const open = (path: string) => {
    const cloudStorage = cloudStorageImages({ apiEndpoint: storage.url })
    return imagesByPath({ disk: undefined, cloudStorage }).open(path)
  }

  test('has a name, type and size, and is readable from any offset of the same generation', async () => {
    const source = await open('gs://bucket/folder/Grüße 1.png')
    expect(source).toMatchObject({ name: 'Grüße 1.png', mime_type: 'image/png', size: 300_000 })
    for (const offset of [0, 262_144]) {
      expect((await buffer(source.open(offset))).equals(content.subarray(offset))).toBe(true)
    }
    expect(storage.reads).toEqual(['7 0-255', '7 0-', '7 262144-'])
  })

  test.each([
    ['gs://bucket/missing.png', 'job_file_not_found'],
    ['gs://forbidden/a.png', 'job_file_not_found'],
    ['gs://bucket', 'job_file_not_found'],
    ['gs:///a.png', 'job_file_not_found'],
    ['gs://bucket/empty.png', 'file_empty'],
    ['gs://bucket/text.png', 'unsupported_file_type'],
  ])('%s is rejected', async (path, code) => {
    await expect(open(path)).rejects.toMatchObject({ code })
  })

  test('a fault of the storage is not reported as a missing file', async () => {
    await expect(open('gs://broken/a.png')).rejects.toMatchObject({ code: 400 })
  })
})
