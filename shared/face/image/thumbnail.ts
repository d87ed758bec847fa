import sharp from 'sharp'
import type { Raster } from './raster.ts'
import { sampleFinely, scaledSize } from './resize.ts'

/** Longer side in pixels. */
const SIDE = 320
/** Bytes. */
const MAX_SIZE = 20 * 1024
/** JPEG qualities, tried in turn until the thumbnail is small enough. The last one always is. */
const QUALITIES = [75, 60, 40, 15]

/** A photo at least so many times larger is sampled rather than filtered: that is four times as fast and looks the same. */
const SAMPLED_FROM = 4

/** The photo as a JPEG of at most 320 px on the longer side and 20 kB. */
export async function thumbnailOf(photo: Raster): Promise<Uint8Array<ArrayBuffer>> {
  const { data, width, height } = await shrink(photo)
  let jpeg: Buffer | undefined
  for (const quality of QUALITIES) {
    jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer()
    if (jpeg.length <= MAX_SIZE) break
  }
  return new Uint8Array(jpeg ?? [])
}

async function shrink(photo: Raster): Promise<Raster> {
  const scale = Math.min(1, SIDE / Math.max(photo.width, photo.height))
  if (scale === 1) return photo
  const { width, height } = scaledSize(photo, scale)
  if (scale <= 1 / SAMPLED_FROM) return sampleFinely(photo, width, height)
  const data = await sharp(photo.data, { raw: { width: photo.width, height: photo.height, channels: 3 } })
    .resize({ width, height, fit: 'fill' })
    .raw()
    .toBuffer()
  return { data, width, height }
}
