import sharp, { type Metadata, type SharpOptions } from 'sharp'
import { AppError } from '../../contract/app-error.ts'
import { isSrgbProfile } from './icc.ts'
import { checkScans, lacksColours } from './jpeg.ts'
import { checkSize, MAX_PIXELS, type Photo, type Size, shrinkFactor } from './photo.ts'
import { withoutTexts } from './png.ts'
import { filledUp, withEndOfImage, withoutStrayMarkers } from './salvage.ts'
import { shownShare } from './shown.ts'

/**
 * Formats that sharp may decode. SVG and PDF are left out: they are programs rather than photos. HEIF is decoded by those
 * who have read its boxes.
 */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff'])
const HEIF = 'heif'

/** What libjpeg, libpng and libtiff warn of when lines are missing or wrong. All their other warnings are harmless. */
const DAMAGE = /premature end|bad (Huffman|arithmetic) code|found marker|CRC error|not enough data/i

/**
 * Formats whose decoders fill missing lines with one colour. Those of PNG and TIFF leave in them what the memory held
 * before, which can be another photo.
 */
const CLEAN_WHERE_MISSING = new Set(['jpeg', 'gif'])

/** A photo that shows a smaller share of its lines is refused as damaged. */
const MIN_SHOWN = 0.9

/** JPEG cannot be shorter: one bit for each of the 6 blocks that 256 pixels have with subsampled chroma. */
const MAX_PIXELS_PER_BYTE = 400

/** In bytes per pixel. AVIF takes 13 to 16, but its images of 50 megapixels are to be read all the same. */
export const AVIF_BYTES = 8
/** GIF takes 9, but none of more than 10 megapixels is a photo, and a few wrong bytes can ask for 4,000. */
const GIF_BYTES = 40
const SAMPLE_BYTES: Record<string, number> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
}

// The pool already has a process per core, and caching operations is useless for photos that are decoded once.
sharp.concurrency(1)
sharp.cache(false)

// Even the size of an SVG is known only after it has been parsed.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((name) => `VipsForeignLoad${name}`),
})

export interface SharpDecoding {
  /** Which image of a TIFF file; the first one if nothing is said. */
  place?: { page: number; subifd: number | undefined }
  /** Decodes HEIF and nothing else. */
  heif?: true
  /** What transparent areas show, as `#rrggbb`. */
  ground: string
}

/**
 * Decodes all formats that sharp knows, strictly at first. Where that fails, decodes as a viewer does, and returns a photo
 * that shows nine tenths of its lines as damaged. Rejects with AppError `not_an_image` for a photo that shows less,
 * `image_too_large`, or sharp's error.
 */
export async function decodeWithSharp(
  bytes: Uint8Array,
  enough: number,
  { place, heif, ground }: SharpDecoding,
): Promise<Photo> {
  const whole = filledUp(bytes, 1 - MIN_SHOWN)
  const file = whole ?? withoutTexts(bytes)
  const where = place && {
    page: place.page,
    ...(place.subifd !== undefined && { tiff: { subifd: place.subifd } }),
  }
  const header = await sharp(file, { ...where, failOn: 'none', limitInputPixels: false }).metadata()
  if (heif ? header.format !== HEIF : !FORMATS.has(header.format)) throw new Error(`format ${header.format}`)
  checkSize(header.autoOrient, bytesPerPixel(file, header))
  if (header.format === 'jpeg' && isInSeveralScans(file, header)) checkScans(file)
  if (header.format === 'jpeg' && header.width * header.height > MAX_PIXELS_PER_BYTE * file.length) {
    throw new AppError('not_an_image', 'The file is damaged: it is too short for a photo of its size.')
  }
  // Converting from sRGB to sRGB would take longer than decoding.
  const ignoreIcc = header.icc !== undefined && isSrgbProfile(header.icc)
  const decode = (failOn: SharpOptions['failOn'], from = file) =>
    toPhoto(
      from,
      { ...where, failOn, ignoreIcc, limitInputPixels: MAX_PIXELS },
      header.autoOrient,
      enough,
      ground,
    )

  const attempt = await settle(decode('warning'))
  if ('photo' in attempt)
    return { ...attempt.photo, ...(whole && { damage: 'the end of the file is missing' }) }
  const { error } = attempt
  if (!DAMAGE.test(error.message)) {
    const harmless = await settle(decode('error'))
    if ('photo' in harmless) return harmless.photo
  }
  if (!CLEAN_WHERE_MISSING.has(header.format)) throw error
  const isJpeg = header.format === 'jpeg'
  if (isJpeg) {
    const complete = await settle(decode('warning', withEndOfImage(bytes)))
    if ('photo' in complete) return complete.photo
  }
  const asViewer = await settle(decode('none'))
  const lenient =
    'error' in asViewer && isJpeg ? await settle(decode('none', withoutStrayMarkers(bytes))) : asViewer
  if ('error' in lenient) throw lenient.error
  const shown = shownShare(lenient.photo.raster)
  if (shown >= MIN_SHOWN) return { ...lenient.photo, damage: error.message }
  const message = `The file is damaged: it shows only ${Math.floor(shown * 100)} % of the photo.`
  throw new AppError('not_an_image', message, { cause: error })
}

async function settle(decoding: Promise<Photo>): Promise<{ photo: Photo } | { error: Error }> {
  try {
    return { photo: await decoding }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

async function toPhoto(
  bytes: Uint8Array,
  options: SharpOptions,
  size: Size,
  enough: number,
  ground: string,
): Promise<Photo> {
  const { width, height } = size
  const image = sharp(bytes, options).autoOrient()
  // sharp decodes JPEG and WebP directly to a size that is smaller by a power of two.
  const factor = shrinkFactor(size, enough)
  const smaller = factor === 1 ? image : image.resize({ width: Math.ceil(width / factor), kernel: 'linear' })
  const { data, info } = await smaller
    .flatten({ background: ground })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${info.channels} channels`)
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { width, height, raster: { data: pixels, width: info.width, height: info.height } }
}

/** Memory for each pixel of the whole image; 0 where the decoder makes the smaller image line by line. */
function bytesPerPixel(bytes: Uint8Array, header: Metadata): number {
  const { format, channels, depth, chromaSubsampling } = header
  if (format === HEIF) return AVIF_BYTES
  if (format === 'gif') return GIF_BYTES
  // The coefficients of several scans, of two bytes, are all in memory before the first line is decoded.
  if (format === 'jpeg') {
    if (!isInSeveralScans(bytes, header)) return 0
    return chromaSubsampling === '4:2:0' ? 3 : 2 * channels
  }
  if (format === 'webp') return (header.pages ?? 1) > 1 ? 8 : isLossless(bytes) ? 4 : 0
  return channels * (SAMPLE_BYTES[depth] ?? 8)
}

function isInSeveralScans(bytes: Uint8Array, { isProgressive }: Metadata): boolean {
  return isProgressive === true || lacksColours(bytes)
}

function isLossless(webp: Uint8Array): boolean {
  return Buffer.from(webp.buffer, webp.byteOffset, webp.byteLength).includes('VP8L')
}
