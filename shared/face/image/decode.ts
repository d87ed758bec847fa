import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { AppError } from '../../contract/app-error.ts'
import { isHeic } from '../../contract/image-types.ts'
import { withHeicImage } from './heic.ts'
import { isSrgbProfile } from './icc.ts'
import { type Raster, release } from './raster.ts'

/** Images with more pixels are refused before they are decoded. */
const MAX_PIXELS = 50_000_000

/** Formats that sharp may decode. SVG and PDF are left out: they are programs rather than photos. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif'])

/** Warnings of libjpeg about files that some cameras write and every viewer shows completely. */
const HARMLESS = /extraneous bytes? before marker|JFIF (major )?revision/i

// The pool already has a thread per core, and caching operations is useless for photos that are decoded once.
sharp.concurrency(1)
sharp.cache(false)

/** A decoded photo. */
export interface Photo {
  /** Of the upright original, in pixels. */
  width: number
  height: number
  /** The photo in its own size, or smaller by a power of two. */
  raster: Raster
}

/**
 * Decodes a photo to upright 8-bit sRGB (EXIF orientation applied; also from CMYK, 16-bit and grey). Of an animation
 * decodes the first frame; transparent areas become grey.
 *
 * Rejects with AppError `not_an_image` for anything but a complete image in a known format, `image_too_large` above
 * MAX_PIXELS.
 * @param enough a longer side of this many pixels is enough: a photo of twice as many or more is decoded smaller
 */
export async function decodeImage(bytes: Uint8Array, enough = Infinity): Promise<Photo> {
  try {
    return isHeic(bytes) ? await decodeHevc(bytes, enough) : await decodeWithSharp(bytes, enough)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError(
      'not_an_image',
      'The file is not a readable image: it is damaged or has an unknown format.',
      {
        cause: error,
      },
    )
  }
}

async function decodeWithSharp(bytes: Uint8Array, enough: number): Promise<Photo> {
  const { format, icc, autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata()
  if (!FORMATS.has(format)) throw new Error(`format ${format}`)
  checkPixels(autoOrient.width, autoOrient.height)
  // Converting from sRGB to sRGB would take longer than decoding.
  const ignoreIcc = icc !== undefined && isSrgbProfile(icc)
  const open = (failOn: SharpOptions['failOn']) =>
    toPhoto(
      sharp(bytes, { failOn, ignoreIcc, limitInputPixels: MAX_PIXELS }).autoOrient(),
      autoOrient,
      enough,
    )
  try {
    return await open('warning')
  } catch (error) {
    if (!(error instanceof Error) || !HARMLESS.test(error.message)) throw error
    return await open('error')
  }
}

async function decodeHevc(bytes: Uint8Array, enough: number): Promise<Photo> {
  return withHeicImage(bytes, async ({ width, height, decode }) => {
    checkPixels(width, height)
    const pixels = await decode()
    const photo = await toPhoto(
      sharp(pixels, { raw: { width, height, channels: 4 } }),
      { width, height },
      enough,
    )
    release(pixels)
    return photo
  })
}

async function toPhoto(
  image: Sharp,
  { width, height }: { width: number; height: number },
  enough: number,
): Promise<Photo> {
  // sharp decodes JPEG and WebP directly to a size that is smaller by a power of two.
  const factor = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(width, height) / enough)))
  const smaller = factor === 1 ? image : image.resize({ width: Math.ceil(width / factor), kernel: 'linear' })
  const { data, info } = await smaller
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${info.channels} channels`)
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { width, height, raster: { data: pixels, width: info.width, height: info.height } }
}

function checkPixels(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return
  throw new AppError(
    'image_too_large',
    `The image has ${Math.round((width * height) / 1e6)} megapixels; the limit is ${MAX_PIXELS / 1e6}.`,
  )
}
