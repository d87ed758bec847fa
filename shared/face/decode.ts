import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { AppError } from '../errors.ts'
import { isHeic, withHeicImage } from './heic.ts'
import type { Raster } from './raster.ts'

/** Larger images are refused before their pixels are decoded. */
export const MAX_PIXELS = 50_000_000

/** What sharp may decode. SVG and PDF are programs rather than photos and stay out. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif'])

/** Complaints of libjpeg about files that every viewer shows whole; some cameras write them. */
const HARMLESS = /extraneous bytes? before marker|JFIF (major )?revision/i

/** Threads are the pool's business, and a cache of operations is no use to photos seen once. */
sharp.concurrency(1)
sharp.cache(false)

/**
 * The upright photo, EXIF orientation applied: first frame of animations, CMYK, 16-bit and grey as 8-bit sRGB, what
 * is transparent as grey.
 *
 * Rejects with AppError `not_an_image` for anything that is not a whole image in a known format, `image_too_large`
 * above MAX_PIXELS.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Raster> {
  try {
    return isHeic(bytes) ? await decodeHevc(bytes) : await decodeWithSharp(bytes)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError(
      'not_an_image',
      'The file is not an image that can be read: damaged or unknown format.',
      {
        cause: error,
      },
    )
  }
}

async function decodeWithSharp(bytes: Uint8Array): Promise<Raster> {
  const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
  if (!FORMATS.has(format)) throw new Error(`format ${format}`)
  checkPixels(width, height)
  try {
    return await toRaster(open(bytes, 'warning'))
  } catch (error) {
    if (!(error instanceof Error) || !HARMLESS.test(error.message)) throw error
    return await toRaster(open(bytes, 'error'))
  }
}

async function decodeHevc(bytes: Uint8Array): Promise<Raster> {
  return withHeicImage(bytes, async ({ width, height, decode }) => {
    checkPixels(width, height)
    return toRaster(sharp(await decode(), { raw: { width, height, channels: 4 } }))
  })
}

function open(bytes: Uint8Array, failOn: SharpOptions['failOn']): Sharp {
  return sharp(bytes, { failOn, limitInputPixels: MAX_PIXELS }).autoOrient()
}

async function toRaster(image: Sharp): Promise<Raster> {
  const { data, info } = await image
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${info.channels} channels`)
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    width: info.width,
    height: info.height,
  }
}

function checkPixels(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return
  throw new AppError(
    'image_too_large',
    `The image has ${Math.round((width * height) / 1e6)} megapixels; the limit is ${MAX_PIXELS / 1e6}.`,
  )
}
