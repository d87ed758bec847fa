import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { sampleFinely } from '../../../../shared/face/image/resize.ts'

test.each([
  [320, 200],
  [80, 60],
  [33, 1],
])('the mean of 16 samples per pixel differs little from a filter, at %d × %d px', async (width, height) => {
  const photo = waves(400, 300)
  const filtered = await sharp(photo.data, { raw: { width: 400, height: 300, channels: 3 } })
    .resize({ width, height, fit: 'fill' })
    .raw()
    .toBuffer()
  const sampled = sampleFinely(photo, width, height)
  expect(sampled).toMatchObject({ width, height })
  expect(sampled.data.length).toBe(filtered.length)
  const differences = sampled.data.map((value, i) => Math.abs(value - (filtered[i] as number)))
  expect(differences.reduce((most, value) => Math.max(most, value))).toBeLessThan(8)
})

test.each([
  ['one column', 1, 5, 1, 3],
  ['one row', 5, 1, 3, 1],
])('samples all that there is of %s, in the right colours', (_, width, height, columns, rows) => {
  const data = Uint8Array.from({ length: 15 }, (_, i) => [10, 130, 255][i % 3] as number)
  const sampled = sampleFinely({ data, width, height }, columns, rows)
  expect([...sampled.data]).toEqual([10, 130, 255, 10, 130, 255, 10, 130, 255])
})

/** A wave across in red, one down in green, and a slower one in both directions in blue. */
function waves(width: number, height: number) {
  const data = new Uint8Array(width * height * 3)
  const wave = (part: number, times: number) => 128 + 100 * Math.sin(2 * Math.PI * times * part)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[at++] = wave(x / width, 3)
      data[at++] = wave(y / height, 2)
      data[at++] = wave(x / width + y / height, 1)
    }
  }
  return { data, width, height }
}
