import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { thumbnailOf } from '../../../../shared/face/image/thumbnail.ts'

test.each([
  ['a large landscape photo', 4000, 3000, 320, 240],
  ['a portrait', 600, 1200, 160, 320],
  ['a photo smaller than a thumbnail', 100, 80, 100, 80],
  ['a strip', 3000, 4, 320, 1],
  ['a strip of one column', 1, 3000, 1, 320],
])('%s', async (_, width, height, expectedWidth, expectedHeight) => {
  // Nothing compresses worse than noise.
  const thumbnail = await thumbnailOf({ data: randomBytes(width * height * 3), width, height })
  expect(thumbnail.byteLength).toBeLessThanOrEqual(20 * 1024)
  expect(await sharp(thumbnail).metadata()).toMatchObject({
    format: 'jpeg',
    width: expectedWidth,
    height: expectedHeight,
  })
})

test('noise of the size of a thumbnail fits into 20 kB', async () => {
  const thumbnail = await thumbnailOf({ data: randomBytes(320 * 320 * 3), width: 320, height: 320 })
  expect(thumbnail.byteLength).toBeLessThanOrEqual(20 * 1024)
})
