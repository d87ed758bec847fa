import sharp from 'sharp'
import type { Raster } from './raster.ts'

/** Pixels of the longer side. */
const SIDE = 320
/** Bytes. */
const LIMIT = 20 * 1024
/** Tried in turn; the last one is far below the limit at this size. */
const QUALITIES = [75, 60, 40, 15]

/** The photo as a small JPEG, at most 320 px on the longer side and 20 kB. */
export async function thumbnailOf({ data, width, height }: Raster): Promise<Uint8Array<ArrayBuffer>> {
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: small.info.width, height: small.info.height, channels: 3 as const }
  let jpeg: Buffer | undefined
  for (const quality of QUALITIES) {
    jpeg = await sharp(small.data, { raw }).jpeg({ quality }).toBuffer()
    if (jpeg.length <= LIMIT) break
  }
  return new Uint8Array(jpeg ?? [])
}
