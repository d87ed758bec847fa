import { AppError } from '../../contract/app-error.ts'
import type { Raster } from './raster.ts'

export interface Size {
  width: number
  height: number
}

/** A decoded photo. */
export interface Photo extends Size {
  /** The photo in its own size, which is `width` × `height` upright, or smaller by a power of two. */
  raster: Raster
  /** Where lines of the photo are missing or wrong: what the decoder said. */
  damage?: string | undefined
}

/** Larger images are refused. Today's largest cameras have 200 megapixels. */
export const MAX_PIXELS = 250_000_000
/** What JPEG can have at most. Each line takes some time, however short it is. */
const MAX_SIDE = 65_535
/** The most memory, in bytes, that the decoder of a format may take for all pixels of an image. */
const MAX_DECODER_BYTES = 400_000_000
const NEARLY = 0.98
/** Pixels of the largest raster: 150 MB. */
const MAX_RASTER_PIXELS = 50_000_000

/**
 * Refuses an image, before any pixel is decoded, that is too large: throws AppError `image_too_large`.
 * @param bytesPerPixel memory that its decoder takes for each pixel at once; 0 where it decodes line by line
 */
export function checkSize({ width, height }: Size, bytesPerPixel: number): void {
  checkPixels(width * height, Math.min(MAX_PIXELS, MAX_DECODER_BYTES / bytesPerPixel))
  if (Math.max(width, height) <= MAX_SIDE) return
  throw new AppError(
    'image_too_large',
    `The image is ${width} × ${height} pixels; the limit for a side is ${MAX_SIDE}.`,
  )
}

/** Throws AppError `image_too_large` where there are more pixels than the limit. */
export function checkPixels(pixels: number, limit: number): void {
  if (pixels <= limit) return
  const megapixels = (count: number) => Math.floor(count / 1e6)
  throw new AppError(
    'image_too_large',
    `The image has ${megapixels(pixels)} megapixels; the limit for images like it is ${megapixels(limit)}.`,
  )
}

/**
 * The power of two by which an image can be smaller and still have `enough` pixels on its longer side, or nearly: phones
 * with 48 and 50 megapixels are a little below twice the detector's 4,096.
 */
export function shrinkFactor({ width, height }: Size, enough: number): number {
  const longer = Math.max(width, height)
  let factor = 2 ** Math.max(0, Math.floor(Math.log2(longer / (NEARLY * enough))))
  while ((width * height) / factor ** 2 > MAX_RASTER_PIXELS) factor *= 2
  return factor
}
