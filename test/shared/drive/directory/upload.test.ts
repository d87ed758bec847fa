import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { directoryUpload } from '../../../../shared/drive/directory/upload.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { bytes, sourceOf, uploadContract } from '../upload-contract.ts'

const API = 'http://localhost:8000/api/v1'
const dir = await temporaryDir()

function fresh() {
  const root = join(dir, randomUUID())
  const drive = directoryUpload({ root, base: { apiBaseUrl: API } })
  const names = () => readdir(root).catch(() => [])
  return { root, drive, names }
}

const openFolder = async () => {
  const { drive, names } = fresh()
  const read = async (id: string) => {
    const { path, name, mime_type } = await drive.open(id)
    return { id, name, mime_type, content: new Uint8Array(await readFile(path)), public: true }
  }
  return {
    drive,
    async files() {
      const notes = (await names()).filter((name) => name.endsWith('.json'))
      return Promise.all(notes.map((name) => read(name.slice(0, -5))))
    },
    async follow(link: string) {
      const id = link.slice(`${API}/drive/files/`.length).split('/')[0] ?? ''
      return (await read(id)).content
    },
    async close() {},
  }
}
uploadContract('a directory', openFolder, { folders: false })

test('nothing but the bytes and their note is in the directory', async () => {
  const { drive, names } = fresh()
  const id = await drive.reserveId()
  await drive.upload(sourceOf('a.jpg', bytes(10), 'image/jpeg'), id, undefined)
  expect((await names()).sort()).toEqual([`${id}.jpg`, `${id}.json`])
  await drive.upload(sourceOf('a.png', bytes(10)), id, undefined, { replace: true })
  expect((await names()).sort()).toEqual([`${id}.json`, `${id}.png`])
  const short = { ...sourceOf('a.png', bytes(10)), size: 11 }
  await expect(drive.upload(short, await drive.reserveId(), undefined)).rejects.toThrow(
    '10 bytes instead of 11',
  )
  expect(await names()).toHaveLength(2)
})

test('a file whose bytes were deleted is uploaded again under its id', async () => {
  const { root, drive } = fresh()
  const id = await drive.reserveId()
  const upload = () => drive.upload(sourceOf('a.png', bytes(10)), id, undefined)
  await upload()
  const { path } = await drive.open(id)
  await rm(join(root, `${id}.png`))
  await upload()
  expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(bytes(10)))
})

test.each(['', 'a', '..', '../a', 'stored_', `stored_${'x'.repeat(33)}`, `stored_${'/'.repeat(32)}`, 'a\0'])(
  'the id %j is none of ours',
  async (id) => {
    const { drive, names } = fresh()
    const refused = expect.objectContaining({ code: 'file_not_found' })
    await expect(drive.open(id)).rejects.toEqual(refused)
    await expect(drive.upload(sourceOf('a.png', bytes(10)), id, undefined)).rejects.toEqual(refused)
    expect(await names()).toEqual([])
  },
)
