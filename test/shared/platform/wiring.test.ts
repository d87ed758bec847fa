import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeAtomically, writeAtomicallySync } from '../../../shared/platform/atomic-write.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { openCipher } from '../../../shared/platform/token-key.ts'
import { openImages } from '../../../shared/platform/wiring/adapters.ts'
import { png } from '../../functions/upload/upload-server.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const base = await temporaryDir()
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test('the image of a job is read from disk on one machine, and never in the cloud', async () => {
  const path = join(base, 'image.png')
  await writeFile(path, png())
  expect(await openImages(parseConfig({})).open(path)).toMatchObject({ mime_type: 'image/png' })
  const cloud = openImages(parseConfig({ PLATFORM: 'cloud', GOOGLE_CLOUD_PROJECT: 'demo' }))
  await expect(cloud.open(path)).rejects.toMatchObject({ code: 'job_file_not_found' })
})

test('a generated token key is kept, for its owner alone', async () => {
  const DATA_DIR = join(base, 'new', 'data')
  const text = openCipher(parseConfig({ DATA_DIR })).encrypt('scan', 'token')
  expect(openCipher(parseConfig({ DATA_DIR })).decrypt('scan', text)).toBe('token')
  expect(await readdir(DATA_DIR)).toEqual(['token.key'])
  expect(await modeOf(join(DATA_DIR, 'token.key'))).toBe(0o600)
  expect(await modeOf(DATA_DIR)).toBe(0o700)
})

test('a file is replaced whole, in directories as private as itself, and a failed draft leaves nothing', async () => {
  const dir = await mkdtemp(join(base, 'write-'))
  await writeAtomically(join(dir, 'private', 'file'), 'one', 0o600)
  writeAtomicallySync(join(dir, 'public', 'file'), 'one')
  expect(await modeOf(join(dir, 'private'))).toBe(0o700)
  expect((await modeOf(join(dir, 'public'))) & 0o055).toBe(0o055)

  const failing = writeAtomically(join(dir, 'public', 'file'), async (draft) => {
    await writeFile(draft, 'half')
    throw new Error('full')
  })
  await expect(failing).rejects.toThrow('full')
  expect(await readdir(join(dir, 'public'))).toEqual(['file'])
})
