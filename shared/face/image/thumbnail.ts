import sharp from 'sharp'
import type { Raster } from './raster.ts'

/** Longer side in pixels. */
const SIDE = 320
/** Bytes. */
const MAX_SIZE = 20 * 1024
/** JPEG qualities, tried in turn until the thumbnail is small enough. The last one always is. */
const QUALITIES = [75, 60, 40, 15]

/** The photo as a JPEG of at most 320 px on the longer side and 20 kB. */
export async function thumbnailOf({ data, width, height }: Raster): Promise<Uint8Array<ArrayBuffer>> {
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: small.info.width, height: small.info.height, channels: 3 as const }
  let jpeg: Buffer | undefined
  for (const quality of QUALITIES) {
    jpeg = await sharp(small.data, { raw }).jpeg({ quality }).toBuffer()
    if (jpeg.length <= MAX_SIZE) break
  }
  return new Uint8Array(jpeg ?? [])
}
