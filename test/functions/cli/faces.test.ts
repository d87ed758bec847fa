import { expect, test } from '@jest/globals'
import { directoryDrive } from '../../../shared/drive/directory/drive.ts'
import type { NewKnownFaces } from '../../../shared/store/faces-port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { signature } from '../../signature.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from './run-command.ts'

const dir = await temporaryDir()

const faces = (...args: string[]) => startCommand('cli/faces', args, { DATA_DIR: dir }).finished

const known = (file_id: string, folder_id: string): NewKnownFaces => ({
  file_id,
  folder_id,
  md5: 'md5',
  engine_id: 'engine',
  width: 10,
  height: 10,
  faces: [],
  thumbnail: undefined,
  expire_at: Date.now() + 60_000,
})

test('purge deletes the faces of one folder or of all, even while a server is running', async () => {
  const store = sqliteStore(openDatabase(dir))
  const { parseLink } = directoryDrive({ root: dir, base: { apiBaseUrl: '' }, signature })
  await store.faces.put(known('a', parseLink('local:/party').id))
  await store.faces.put(known('b', 'FOLDER_ON_GOOGLE_DRIVE_0123456789'))
  await store.faces.put(known('c', 'ANOTHER_FOLDER_ON_DRIVE_0123456789'))

  expect(await faces('purge', '--folder', 'local:/party')).toMatchObject({
    code: 0,
    stdout: 'faces of 1 file deleted\n',
  })
  const link = 'https://drive.google.com/drive/folders/FOLDER_ON_GOOGLE_DRIVE_0123456789?usp=sharing'
  expect(await faces('purge', '--folder', link)).toMatchObject({
    code: 0,
    stdout: 'faces of 1 file deleted\n',
  })
  expect(await faces('purge')).toMatchObject({ code: 0, stdout: 'faces of 1 file deleted\n' })
  const key = { md5: 'md5', engine_id: 'engine' }
  expect((await store.faces.get(['a', 'b', 'c'].map((file_id) => ({ file_id, ...key })))).size).toBe(0)
  await store.close()
})

test('invalid arguments end with exit code 2 and a reason', async () => {
  expect(await faces('purge', '--folder', 'https://example.com/x')).toMatchObject({ code: 2 })
  expect(await faces('forget')).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown command') })
})
