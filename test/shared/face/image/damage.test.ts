import { beforeAll, describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { decodeImage } from '../../../../shared/face/image/decode.ts'
import { samplePhoto, withOrientation } from '../photos.ts'
import { rgbImage, type Tags, tiffOf } from './recipes/tiff.ts'

const WIDTH = 480
const HEIGHT = 320
const START_OF_SCAN = Buffer.from([0xff, 0xda])

let photo: Sharp
let pixels: Buffer

beforeAll(async () => {
  photo = sharp(await samplePhoto(1)).resize(WIDTH, HEIGHT)
  pixels = await photo.clone().raw().toBuffer()
})

const cut = (file: Buffer, share: number) => file.subarray(0, Math.floor(file.length * (1 - share)))

describe.each([
  ['baseline', false],
  ['progressive', true],
])('a %s JPEG', (_, progressive) => {
  let jpeg: Buffer

  beforeAll(async () => {
    jpeg = await photo.clone().jpeg({ quality: 90, progressive }).toBuffer()
  })

  test.each([1, 2])('without its last %d bytes is whole', async (count) => {
    const { raster, damage } = await decodeImage(jpeg.subarray(0, -count))
    expect(damage).toBeUndefined()
    expect(Buffer.from(raster.data).equals((await decodeImage(jpeg)).raster.data)).toBe(true)
  })

  test.each([0.01, 0.05])('without %d of its bytes is damaged, and shown', async (share) => {
    const { raster, damage } = await decodeImage(cut(jpeg, share))
    expect([raster.width, raster.height]).toEqual([WIDTH, HEIGHT])
    expect(damage).toContain('premature end')
    expect(difference(raster.data)).toBeLessThan(12)
  })

  test('with one wrong byte at any place near its end is shown, and damaged where the decoder notices', async () => {
    const places = Array.from({ length: 20 }, (_, i) => Math.floor(jpeg.length * (0.9 + i / 250)))
    const damages: (string | undefined)[] = []
    // One by one: libvips has one error text for the whole process, so what is said of one file may come with another.
    for (const place of places) {
      const file = Buffer.from(jpeg)
      file.writeUInt8(file.readUInt8(place) ^ 0x55, place)
      const { raster, damage } = await decodeImage(file)
      expect(difference(raster.data)).toBeLessThan(25)
      damages.push(damage)
    }
    expect(damages.some((damage) => damage !== undefined)).toBe(true)
  })

  test('with bytes between two segments is whole', async () => {
    const scan = jpeg.indexOf(START_OF_SCAN)
    const padded = Buffer.concat([jpeg.subarray(0, scan), Buffer.alloc(4), jpeg.subarray(scan)])
    expect((await decodeImage(padded)).damage).toBeUndefined()
  })
})

describe('a baseline JPEG', () => {
  let jpeg: Buffer

  beforeAll(async () => {
    jpeg = await photo.clone().jpeg({ quality: 90 }).toBuffer()
  })

  test('with a wrong end of its spectrum, as Samsung writes it, is whole', async () => {
    const file = Buffer.from(jpeg)
    const scan = file.indexOf(START_OF_SCAN)
    const end = scan + 2 + file.readUInt16BE(scan + 2) - 2
    expect(file[end]).toBe(63)
    file[end] = 0
    const { raster, damage } = await decodeImage(file)
    expect(damage).toBeUndefined()
    expect(Buffer.from(raster.data).equals((await decodeImage(jpeg)).raster.data)).toBe(true)
  })

  test('that shows less than nine tenths of its lines is refused, with what the decoder said', async () => {
    for (const file of [cut(jpeg, 0.3), cut(jpeg, 0.9), jpeg.subarray(0, jpeg.indexOf(START_OF_SCAN) + 40)]) {
      await expect(decodeImage(file)).rejects.toMatchObject({
        code: 'not_an_image',
        message: expect.stringMatching(/damaged: it shows only \d+ % of the photo/),
        cause: { message: expect.stringContaining('premature end') },
      })
    }
  })

  test.each([3, 6, 8])(
    'that is turned by orientation %d is judged by the same lines',
    async (orientation) => {
      const turned = await withOrientation(jpeg, orientation)
      expect((await decodeImage(cut(turned, 0.02))).damage).toBeDefined()
      await expect(decodeImage(cut(turned, 0.4))).rejects.toMatchObject({ code: 'not_an_image' })
    },
  )

  test('with a grey border that is not missing is whole', async () => {
    const bordered = photo.clone().extend({ bottom: 200, background: '#808080' })
    expect((await decodeImage(await bordered.jpeg().toBuffer())).damage).toBeUndefined()
  })
})

describe('a TIFF', () => {
  const image = (more: Tags = []) => rgbImage(WIDTH, HEIGHT, pixels, more)

  test.each<[string, () => Buffer]>([
    ['unsorted tags', () => tiffOf({ directories: [image([[0xfe, 0]])], sorted: false })],
    ['text without a NUL', () => tiffOf({ directories: [image([[0x131, 'Scanner 1.0']])] })],
    ['a tag that nobody knows', () => tiffOf({ directories: [image([[0xfde8, 7]])] })],
  ])('with %s is whole', async (_, file) => {
    const { raster, damage } = await decodeImage(file())
    expect(damage).toBeUndefined()
    expect(Buffer.from(raster.data).equals(pixels)).toBe(true)
  })
})

describe('other formats', () => {
  test.each<[string, (image: Sharp) => Sharp]>([
    ['GIF', (image) => image.gif({ effort: 1 })],
    ['WebP', (image) => image.webp({ quality: 95 })],
  ])('a %s that was cut is damaged, and refused where more than a tenth is missing', async (_, write) => {
    const file = await write(photo.clone()).toBuffer()
    const { raster, damage } = await decodeImage(cut(file, 0.02))
    expect([raster.width, raster.height]).toEqual([WIDTH, HEIGHT])
    expect(damage).toEqual(expect.any(String))
    await expect(decodeImage(cut(file, 0.5))).rejects.toMatchObject({ code: 'not_an_image' })
  })

  test('a cut PNG is refused: its decoder would leave other photos in the missing lines', async () => {
    const file = await photo.clone().png({ compressionLevel: 1 }).toBuffer()
    await expect(decodeImage(cut(file, 0.02))).rejects.toMatchObject({ code: 'not_an_image' })
  })
})

/** From the photo, of all bytes on the average. */
function difference(data: Uint8Array): number {
  return data.reduce((sum, value, index) => sum + Math.abs(value - (pixels[index] ?? NaN)), 0) / data.length
}
