import { checkSize, type Photo, shrinkFactor } from '../photo.ts'
import type { Raster } from '../raster.ts'
import { type CodedImage, HeifError, withHeif } from './libheif.ts'
import type { PrimaryImage } from './primary-image.ts'
import { shrinkInto } from './shrink.ts'
import { planTransformations, transformRaster } from './transform.ts'

/** Measured: libheif's memory for an image that is not a grid of tiles, in bytes per pixel. */
const BYTES_PER_PIXEL = 7
/** A raster of 50 megapixels is the largest. */
const RASTER_BYTES = 8
/** By how much the coded image may be larger than the file says, in pixels: coding blocks have 64 at most. */
const PADDING = 64
/** A photo of which a larger share of its tiles cannot be read is not searched. */
const MAX_MISSING = 0.1

/**
 * Decodes the primary image of a HEIC file. A photo of many tiles is put together in its smaller size, so that it takes
 * the memory of one tile besides; phones write such files. Rejects with HeifError for damaged files.
 */
export async function decodeHeic(
  bytes: Uint8Array,
  { sizes, declared, parts }: PrimaryImage,
  enough: number,
): Promise<Photo> {
  for (const size of declared) checkSize(size, 0)
  for (const part of parts) checkSize(part, BYTES_PER_PIXEL)
  const maxPixels = Math.max(
    ...declared.map(({ width, height }) => (width + PADDING) * (height + PADDING)),
    0,
  )
  try {
    return await decodeAsSized(bytes, maxPixels, enough)
  } catch (error) {
    // libheif before 1.16 wrote the size after a rotation, where the standard wants the one before it.
    if (!(error instanceof HeifError) || !error.isWrongSize) throw error
    return await decodeAsSized(withSwappedSizes(bytes, sizes), maxPixels, enough)
  }
}

async function decodeAsSized(bytes: Uint8Array, maxPixels: number, enough: number): Promise<Photo> {
  const { raster, plan, damage } = withHeif(bytes, maxPixels, (image) => {
    checkSize(image.tile, BYTES_PER_PIXEL)
    const factor = tileFactor(image, shrinkFactor(image, enough))
    checkSize(image, RASTER_BYTES / factor ** 2)
    return {
      plan: planTransformations(image, image.transformations, factor),
      ...putTogether(image, factor),
    }
  })
  return { ...plan.size, raster: await transformRaster(raster, plan.steps), damage }
}

/** The factor, or less: no pixel may be made of the pixels of two tiles. */
function tileFactor({ tile: { width, height }, columns, rows }: CodedImage, factor: number): number {
  if (columns * rows === 1) return factor
  while (factor > 1 && (width % factor !== 0 || height % factor !== 0)) factor /= 2
  return factor
}

function putTogether(image: CodedImage, factor: number): { raster: Raster; damage?: string } {
  const width = Math.ceil(image.width / factor)
  const height = Math.ceil(image.height / factor)
  const raster = { width, height, data: new Uint8Array(3 * width * height).fill(128) }
  const tiles = image.columns * image.rows
  let missing = 0
  let damage: HeifError | undefined
  for (let index = 0; index < tiles; index++) {
    const column = index % image.columns
    const row = Math.floor(index / image.columns)
    const place = { x: (column * image.tile.width) / factor, y: (row * image.tile.height) / factor }
    try {
      image.decodeTile(column, row, (tile) => shrinkInto(raster, tile, place, factor))
    } catch (error) {
      if (!(error instanceof HeifError)) throw error
      missing++
      damage = error
      if (missing > tiles * MAX_MISSING) throw error
    }
  }
  return { raster, ...(damage && { damage: `${missing} of ${tiles} tiles: ${damage.message}` }) }
}

/** A copy of the file in which width and height of the image are swapped. */
function withSwappedSizes(bytes: Uint8Array, sizes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const at of sizes) {
    copy.copyWithin(at, at + 4, at + 8)
    copy.set(bytes.subarray(at, at + 4), at + 4)
  }
  return copy
}
