import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { imageTypeOfBytes } from '../../../shared/drive/image-signature.ts'

const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })

test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async (format) => {
  expect(imageTypeOfBytes(await picture.clone().toFormat(format).toBuffer())).toBe(`image/${format}`)
})

test('heic', async () => {
  const file = join(import.meta.dirname, '../face/fixtures/portrait.heic')
  expect(imageTypeOfBytes(await readFile(file))).toBe('image/heic')
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
