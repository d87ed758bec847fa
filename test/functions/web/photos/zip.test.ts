import { expect, test } from '@jest/globals'
import AdmZip from 'adm-zip'
import type { AppContext } from '../../../../functions/web/page/app-context.ts'
import type { Photo } from '../../../../functions/web/page/photos/photo.ts'
import { zipPhotos } from '../../../../functions/web/page/photos/zip.ts'

/** The names in the ZIP of photos that have these. */
async function zipped(names: string[]): Promise<string[]> {
  const app = { client: { albums: { photo: async () => new Blob(['bytes']) } } } as unknown as AppContext
  const photos = names.map((file_name) => ({ file_name, album_id: 'album' }) as Photo)
  const signal = new AbortController().signal
  const { blob, failed } = await zipPhotos(photos, app, { signal, onProgress() {} })
  expect(failed).toBe(0)
  const archive = new AdmZip(Buffer.from(await blob.arrayBuffer()))
  return archive.getEntries().map(({ entryName }) => entryName)
}

test.each([
  ['a photo.jpg', 'a photo.jpg'],
  ['..', 'photo'],
  ['../../up.jpg', '_.._up.jpg'],
  ['..\\up.jpg', '_up.jpg'],
  ['line\r\nbreak.jpg', 'line__break.jpg'],
  // Reads as "annexe.jpg".
  ['ann\u202egpj.exe', 'anngpj.exe'],
  ['CON.jpg', '_CON.jpg'],
  ['nul', '_nul'],
  [' dots... ', 'dots'],
  ['', 'photo'],
  ['عرس.jpg', 'عرس.jpg'],
])('%j is in the ZIP as %j', async (name, entry) => {
  expect(await zipped([name])).toEqual([entry])
})

test('names in the ZIP are different everywhere, and as long as every system takes', async () => {
  expect(await zipped(['a.jpg', 'A.jpg', '\u00e9.jpg', 'e\u0301.jpg'])).toEqual([
    'a.jpg',
    'A (2).jpg',
    '\u00e9.jpg',
    'e\u0301 (2).jpg',
  ])
  const long = await zipped(
    ['ü'.repeat(300), '👩‍🚀'.repeat(90), 'W'.repeat(3_000)].flatMap((stem) => [`${stem}.jpg`, `${stem}.jpg`]),
  )
  for (const name of long) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
    expect(name).toMatch(/^[^\ufffd]+\.jpg$/)
  }
  expect(new Set(long).size).toBe(6)
})
