import { beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { decodeImage } from '../../../../shared/face/image/decode.ts'
import { samplePhoto } from '../photos.ts'
import { box } from './recipes/heif.ts'
import { type Directory, jpegPreview, rgbImage, sensorImage, tiffOf } from './recipes/tiff.ts'

const THUMBNAIL = { width: 160, height: 120 }
const PREVIEW = { width: 1200, height: 900 }
const REDUCED: [number, number] = [0xfe, 1]
const RIGHT_SIDE_UP: [number, number] = [0x112, 6]

let thumbnail: Directory
let smallJpeg: Buffer
let preview: Buffer
let pixels: Buffer

beforeAll(async () => {
  const photo = sharp(await samplePhoto(1))
  const small = await photo.clone().resize(THUMBNAIL).removeAlpha().raw().toBuffer()
  thumbnail = rgbImage(160, 120, small, [REDUCED])
  smallJpeg = await photo.clone().resize(THUMBNAIL).jpeg().toBuffer()
  preview = await photo.clone().resize(PREVIEW).jpeg().toBuffer()
  pixels = await photo.clone().resize(PREVIEW).raw().toBuffer()
})

const sizeOf = async (file: Uint8Array) => {
  const { width, height, raster } = await decodeImage(file)
  expect([raster.width, raster.height]).toEqual([width, height])
  return [width, height]
}

describe('a TIFF file whose first image is a thumbnail', () => {
  test('shows the larger one below it', async () => {
    const full = rgbImage(1200, 900, pixels, [[0xfe, 0]])
    expect(await sizeOf(tiffOf({ directories: [{ ...thumbnail, subifds: [full] }] }))).toEqual([1200, 900])
  })

  test('shows the larger one behind it, also where nothing says that it is a thumbnail', async () => {
    const unmarked = rgbImage(160, 120, thumbnail.data?.bytes ?? pixels)
    const full = rgbImage(1200, 900, pixels)
    expect(await sizeOf(tiffOf({ directories: [thumbnail, full] }))).toEqual([1200, 900])
    expect(await sizeOf(tiffOf({ directories: [unmarked, full] }))).toEqual([1200, 900])
  })

  test('shows the first one where it is as good as the others, or alone', async () => {
    const alone = rgbImage(160, 120, thumbnail.data?.bytes ?? pixels)
    expect(await sizeOf(tiffOf({ directories: [alone] }))).toEqual([160, 120])
    const scan = rgbImage(1200, 900, pixels)
    const page = rgbImage(1200, 800, pixels)
    expect(await sizeOf(tiffOf({ directories: [page, scan] }))).toEqual([1200, 800])
    expect(await sizeOf(tiffOf({ directories: [scan, thumbnail] }))).toEqual([1200, 900])
  })
})

describe('a raw file', () => {
  const inTiff = (signature: string, ...directories: Directory[]) => tiffOf({ signature, directories })
  const files: [string, () => Buffer][] = [
    [
      'NEF',
      () => inTiff('II*\0', { ...thumbnail, subifds: [jpegPreview(preview), sensorImage(6000, 4000)] }),
    ],
    [
      'ARW',
      () => inTiff('II*\0', jpegPreview(preview, [REDUCED]), jpegPreview(smallJpeg), sensorImage(6000, 4000)),
    ],
    [
      'DNG',
      () => inTiff('II*\0', { ...thumbnail, subifds: [sensorImage(6000, 4000), jpegPreview(preview)] }),
    ],
    ['ORF', () => inTiff('IIRO', jpegPreview(preview))],
    [
      'RW2',
      () =>
        inTiff('IIU\0', { tags: [[0x2, 6000]], data: { offsetTag: 0x2e, lengthTag: 0x2f, bytes: preview } }),
    ],
    ['CR2', () => insertAt(inTiff('II*\0', jpegPreview(preview), jpegPreview(smallJpeg)), 'CR\x02\0')],
    [
      'RAF',
      () =>
        Buffer.concat([
          Buffer.from('FUJIFILMCCD-RAW 0201FF'),
          Buffer.alloc(70),
          preview,
          Buffer.alloc(999, 7),
        ]),
    ],
    [
      'CRW',
      () =>
        Buffer.concat([Buffer.from('II\x1a\0\0\0HEAPCCDR'), Buffer.alloc(70), preview, Buffer.alloc(999, 7)]),
    ],
    ['CR3', () => cr3(inTiff('II*\0', { tags: [[0x100, 6000]] }), smallJpeg, preview)],
  ]

  test.each(files)('of the kind %s shows its preview in full size', async (_, file) => {
    const { raster } = await decodeImage(file())
    expect([raster.width, raster.height]).toEqual([1200, 900])
    expect(Buffer.from(raster.data).equals((await decodeImage(preview)).raster.data)).toBe(true)
  })

  test('shows its preview upright: by its own orientation, else by that of the file', async () => {
    const turned = sensorImage(6000, 4000, [RIGHT_SIDE_UP])
    expect(await sizeOf(inTiff('II*\0', turned, jpegPreview(preview)))).toEqual([900, 1200])
    expect(await sizeOf(cr3(inTiff('II*\0', { tags: [RIGHT_SIDE_UP] }), preview))).toEqual([900, 1200])
    const own = await sharp(preview).withMetadata({ orientation: 3 }).toBuffer()
    expect(await sizeOf(inTiff('II*\0', turned, jpegPreview(own)))).toEqual([1200, 900])
  })

  test.each<[string, () => Buffer]>([
    ['nothing but a thumbnail', () => inTiff('II*\0', { ...thumbnail, subifds: [sensorImage(6000, 4000)] })],
    ['a thumbnail as JPEG', () => inTiff('II*\0', sensorImage(6000, 4000), jpegPreview(smallJpeg))],
    ['a thumbnail without the image that it belongs to', () => inTiff('II*\0', thumbnail)],
    ['lossless JPEG', () => inTiff('IIRO', jpegPreview(lossless(preview)))],
    ['a preview whose header is cut', () => inTiff('IIRO', jpegPreview(preview.subarray(0, 30)))],
  ])('with %s is not searched, and says so', async (_, file) => {
    await expect(decodeImage(file())).rejects.toMatchObject({
      code: 'format_not_searched',
      message: expect.stringContaining('RAW files are not searched'),
    })
  })
})

test.each([
  ['BMP', 'BM\x46\0\0\0'],
  ['JPEG XL', '\xff\x0a\xfa\x1f'],
  ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['Photoshop', '8BPS\0\x01'],
])('a %s file is refused by its name', async (name, beginning) => {
  const file = Buffer.concat([Buffer.from(beginning, 'latin1'), Buffer.alloc(100)])
  await expect(decodeImage(file)).rejects.toMatchObject({
    code: 'format_not_searched',
    message: expect.stringContaining(name),
  })
})

/** Where Canon puts it, in the 9th byte; the directories lie behind. */
function insertAt(tiff: Buffer, text: string): Buffer {
  const marker = Buffer.from(text.padEnd(8, '\0'), 'latin1')
  return Buffer.concat([tiff.subarray(0, 8), marker, tiff.subarray(8)])
}

function cr3(directory: Buffer, ...jpegs: Buffer[]): Buffer {
  const ftyp = box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1'))
  return Buffer.concat([ftyp, box('moov', box('CMT1', directory)), box('mdat', ...jpegs)])
}

/** The same header with the frame type of lossless coding. */
function lossless(jpeg: Buffer): Buffer {
  const copy = Buffer.from(jpeg)
  copy[copy.indexOf(Buffer.from([0xff, 0xc0, 0])) + 1] = 0xc3
  return copy
}
