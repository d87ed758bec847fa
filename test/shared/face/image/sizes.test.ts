import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { decodeImage } from '../../../../shared/face/image/decode.ts'
import { pngHeader } from '../photos.ts'

const ENOUGH = 1000

/** A photo of one colour. */
const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#aabbcc' }, limitInputPixels: false })

const jpegs = new Map<string, Promise<Buffer>>()
/** The same as a JPEG, encoded once. */
function blankJpeg(width: number, height: number): Promise<Buffer> {
  const size = `${width} × ${height}`
  const jpeg = jpegs.get(size) ?? blank(width, height).jpeg().toBuffer()
  jpegs.set(size, jpeg)
  return jpeg
}

describe('the size of an image', () => {
  test.each([
    ['a phone with 50 megapixels', 8192, 6144],
    ['a camera with 60 megapixels', 9504, 6336],
    ['a panorama', 20_000, 3000],
  ])('of %s is read from JPEG at a smaller scale', async (_, width, height) => {
    const { raster, ...size } = await decodeImage(await blankJpeg(width, height), ENOUGH)
    expect(size).toMatchObject({ width, height })
    expect(Math.max(raster.width, raster.height)).toBeLessThan(2 * ENOUGH)
    for (const [channel, value] of [0xaa, 0xbb, 0xcc].entries()) {
      expect(Math.abs((raster.data[channel] ?? NaN) - value)).toBeLessThan(3)
    }
  })

  test('of 60 megapixels is read from WebP and PNG too', async () => {
    const webp = await blank(9504, 6336).webp({ effort: 0 }).toBuffer()
    const png = await blank(9504, 6336).toColourspace('b-w').png({ compressionLevel: 1 }).toBuffer()
    for (const file of [webp, png]) {
      expect(await decodeImage(file, ENOUGH)).toMatchObject({ width: 9504, height: 6336 })
    }
  })

  test.each([
    ['a phone with 48 megapixels', 8064, 6048, 4032],
    ['a camera with 24 megapixels', 6000, 4000, 6000],
  ])('of %s is read with as many pixels as the detector needs', async (_, width, height, expected) => {
    const { raster } = await decodeImage(await blankJpeg(width, height), 4096)
    expect(raster.width).toBe(expected)
  })

  test('never makes a raster of more than 50 megapixels', async () => {
    const { raster } = await decodeImage(await blankJpeg(9504, 6336))
    expect([raster.width, raster.height]).toEqual([4752, 3168])
  })

  test.each<[string, number, () => Promise<Buffer> | Buffer]>([
    ['JPEG', 272, async () => withSize(await blank(16, 16).jpeg().toBuffer(), 16_500, 16_500)],
    [
      'progressive JPEG without subsampling',
      81,
      async () =>
        withSize(
          await blank(16, 16).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
          9000,
          9000,
        ),
    ],
    ['PNG', 144, () => pngHeader(12_000, 12_000)],
    ['PNG that could be a bomb', 3600, () => pngHeader(60_000, 60_000)],
  ])('is refused before a pixel of %s is decoded', async (_, megapixels, file) => {
    await expect(decodeImage(await file(), ENOUGH)).rejects.toMatchObject({
      code: 'image_too_large',
      message: expect.stringContaining(`has ${megapixels} megapixels; the limit`),
    })
  })
})

/** The JPEG file with another size in its frame. */
function withSize(jpeg: Buffer, width: number, height: number): Buffer {
  const frame =
    [0xc0, 0xc2].map((type) => jpeg.indexOf(Buffer.from([0xff, type, 0]))).find((at) => at > 0) ?? 0
  const copy = Buffer.from(jpeg)
  copy.writeUInt16BE(height, frame + 5)
  copy.writeUInt16BE(width, frame + 7)
  return copy
}
