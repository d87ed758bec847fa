import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { IMAGE_FORMATS } from '../../../shared/contract/image-formats.ts'
import { imageExtension, imageType, imageTypeOfBytes } from '../../../shared/contract/image-types.ts'

const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })

test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async (format) => {
  expect(imageTypeOfBytes(await picture.clone().toFormat(format).toBuffer())).toBe(`image/${format}`)
})

test('heic', async () => {
  const bytes = await readFile(join(import.meta.dirname, '../face/fixtures/portrait.heic'))
  expect(imageTypeOfBytes(bytes)).toBe('image/heic')
})

/** A file type box with these brands, followed by something else. */
const withBrands = (...[major = '', ...compatible]: string[]) =>
  Buffer.from(
    `\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}moovheic`,
    'latin1',
  )

test.each([
  [['mif1', 'heic'], 'image/heic'],
  [['mif1', 'miaf', 'avif'], 'image/avif'],
  [['mif1'], 'image/heif'],
  [['mif1', 'miaf'], 'image/heif'],
  [['hevx', 'msf1'], 'image/heic'],
  [['isom', 'mif1', 'heic'], 'image/heic'],
  [['mp42', 'miaf', 'heim'], 'image/heic'],
  [['isom', 'iso8', 'iso9', 'mp41', 'mp42', 'avc1', 'mif1', 'miaf', 'heix'], 'image/heic'],
  [['crx ', 'crx ', 'isom'], 'image/x-dcraw'],
  [['isom', 'mp42'], undefined],
  [['qt  '], undefined],
])('brands %j are %s', (brands, type) => {
  expect(imageTypeOfBytes(withBrands(...brands))).toBe(type)
})

test.each(IMAGE_FORMATS.map((format) => [format.name, format] as const))('%s by name', (_, format) => {
  const [type] = format.types
  for (const extension of format.extensions) {
    for (const name of [
      `a${extension}`,
      `a.b${extension.toUpperCase()}`,
      `a${extension} `,
      `a${extension}.`,
    ]) {
      expect(imageType(name)).toBe(type)
    }
  }
  for (const other of format.types) expect(imageExtension(other)).toBe(format.extensions[0])
})

test.each(['a', 'jpg', 'a.jpg.txt', 'a.mp4', 'a.jpg~', 'a.pdf', '', '.'])(
  '%j is no image by name',
  (name) => {
    expect(imageType(name)).toBeUndefined()
  },
)

test('bmp', () => {
  const head = Buffer.alloc(54)
  head.write('BM')
  head.writeUInt32LE(54 + 192, 2)
  expect(imageTypeOfBytes(head)).toBe('image/bmp')
})

test.each([
  '',
  'GIF',
  'BM',
  'BMW is a car, not a picture',
  '<svg/>',
  '%PDF-1.7',
  'RIFF....WAVE',
  '\0\0\0\x18ftypisom',
])('%j is no image', (text) => {
  expect(imageTypeOfBytes(Buffer.from(text, 'latin1'))).toBeUndefined()
})
