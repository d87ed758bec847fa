import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { previewOf } from '../../../../shared/face/image/preview.ts'

test('a transparent picture is shown on white', async () => {
  const clear = { r: 0, g: 0, b: 0, alpha: 0 }
  const picture = await sharp({ create: { width: 8, height: 8, channels: 4, background: clear } })
    .png()
    .toBuffer()
  const preview = await previewOf(picture)
  expect([...(await sharp(preview).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])
})
