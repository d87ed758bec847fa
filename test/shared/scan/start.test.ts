import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { AppError } from '../../../shared/contract/app-error.ts'
import type { QueuedTask } from '../../../shared/contract/task.ts'
import { directoryDrive } from '../../../shared/drive/directory/drive.ts'
import type { Drive } from '../../../shared/drive/port.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { type StartDeps, startScan } from '../../../shared/scan/start.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { signature } from '../../signature.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { admitsAll, idleQueue, newProcess } from './scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
const root = await temporaryDir()
const onDisk = directoryDrive({ root, base: { apiBaseUrl: 'http://localhost/api/v1' }, signature })
await mkdir(join(root, 'party/day/evening'), { recursive: true })
await mkdir(join(root, 'empty/below'), { recursive: true })
await writeFile(join(root, 'party/day/evening/1.jpg'), 'bytes')
await writeFile(join(root, 'empty/below/notes.txt'), 'bytes')
afterAll(() => store.close())

/** Starts a scan with a mock for the engine, which finds a face in anything. */
function start(
  folder: string,
  { recursive = false, suggestions = false, drive = onDisk as Drive, published = [] as QueuedTask[] } = {},
) {
  const box = { x: 0, y: 0, width: 1, height: 1 }
  const face = { box, score: 1, landmarks: new Float32Array(), descriptor: new Float32Array(2) }
  const analyse: FaceEngine['analyse'] = async () => ({ width: 1, height: 1, faces: [face] })
  const deps = {
    ...newProcess(),
    ...admitsAll(),
    store,
    drive,
    face: { id: 'engine', analyse },
    cipher: { encrypt: () => 'encrypted' },
    queue: idleQueue(published),
    window: 1,
    now: Date.now,
    maxBacklog: 100,
    maxFiles: 100,
  }
  return startScan(
    {
      drive_link: `local:/${folder}`,
      target_face: 'AAAA',
      access_token: 'token',
      recursive,
      suggestions,
    },
    deps as unknown as StartDeps,
  )
}

test.each([
  [false, 0, 'completed'],
  // The second look takes long in a large folder.
  [true, 1, undefined],
])('known photos, with suggestions %s: %s tasks, and the scan is %s', async (suggestions, tasks, state) => {
  const published: QueuedTask[] = []
  const [photo] = await onDisk.listImages(onDisk.parseLink('local:/party/day/evening'), 'token', {
    recursive: false,
    maxFiles: 10,
  })
  const { id = '', md5 = '' } = photo ?? {}
  const known = { width: 1, height: 1, faces: [], thumbnail: undefined, expire_at: Date.now() + 60_000 }
  await store.faces.put({ file_id: id, md5, engine_id: 'engine', folder_id: 'f', ...known })
  const { scan_id } = await start('party/day/evening', { suggestions, published })
  expect(published).toHaveLength(tasks)
  expect((await store.scans.get(scan_id))?.ended).toBe(state)
})

describe('a folder without images', () => {
  test('of whose subfolders one has some is told so', async () => {
    await expect(start('party')).rejects.toMatchObject({
      code: 'no_images',
      message: expect.stringMatching(/subfolders.*recursive/),
    })
  })

  test.each([
    ['without any below', 'empty', false, 'No images were found in this Drive folder.'],
    ['without folders', 'empty/below', false, 'No images were found in this Drive folder.'],
    ['with its subfolders', 'empty', true, 'No images were found in this Drive folder and its subfolders.'],
  ])('%s is told just that', async (_, folder, recursive, message) => {
    await expect(start(folder, { recursive })).rejects.toMatchObject({ code: 'no_images', message })
  })

  test('below which nobody can look is told just that', async () => {
    const drive: Drive = {
      ...onDisk,
      listImages: (folder, token, options) =>
        options.recursive
          ? Promise.reject(new AppError('drive_unavailable', 'Google Drive is not there.'))
          : onDisk.listImages(folder, token, options),
    }
    await expect(start('party', { drive })).rejects.toMatchObject({
      code: 'no_images',
      message: 'No images were found in this Drive folder.',
    })
  })
})
