import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { imageTypeOfBytes, isHeic } from '../../../shared/contract/image-types.ts'

const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })

test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async (format) => {
  expect(imageTypeOfBytes(await picture.clone().toFormat(format).toBuffer())).toBe(`image/${format}`)
})

test('heic', async () => {
  const bytes = await readFile(join(import.meta.dirname, '../face/fixtures/portrait.heic'))
  expect(imageTypeOfBytes(bytes)).toBe('image/heic')
  expect(isHeic(bytes)).toBe(true)
})

/** A file type box with these brands, followed by something else. */
const withBrands = (...[major = '', ...compatible]: string[]) =>
  Buffer.from(
    `\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}moovheic`,
    'latin1',
  )

test.each([
  [['mif1', 'heic'], 'image/heic', true],
  [['mif1', 'miaf', 'avif'], 'image/avif', false],
  [['mif1'], 'image/heif', false],
  [['hevx', 'msf1'], 'image/heic', true],
  [['isom', 'mp42'], undefined, false],
])('brands %j are %s', (brands, type, heic) => {
  const bytes = withBrands(...brands)
  expect(imageTypeOfBytes(bytes)).toBe(type)
  expect(isHeic(bytes)).toBe(heic)
})

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
