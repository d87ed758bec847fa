import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import type { Box } from '../../../shared/face/port.ts'

const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
)

/** Number of faces in sample1.jpg to sample6.jpg, counted by eye. */
export const SAMPLE_FACES = [3, 3, 3, 4, 5, 4]

/**
 * Of these faces, in order, the largest of sample1.jpg and of sample3.jpg: probably one woman, photographed twice. dlib's
 * net has them 0.452 apart, and MobileFaceNet finds them more alike (cosine 0.75) than any of 114,946 pairs of labelled
 * strangers (0.71 at most). All others are different people.
 */
export const ALIKE = [0, 6] as const

/** A photo of the face-api package, 1 to 6. */
export async function samplePhoto(number: number): Promise<Buffer> {
  return readFile(join(demo, `sample${number}.jpg`))
}

/** The first face of sample1.jpg with its surroundings, 230 × 280, as an iPhone stores photos (made by heif-enc). */
export async function heicPortrait(): Promise<Buffer> {
  return readFile(new URL('./fixtures/portrait.heic', import.meta.url))
}

/** Cuts the box out of the photo, with a margin of `margin` times its size on each side. */
export async function cutOut(photo: Buffer, box: Box, margin: number): Promise<Buffer> {
  const { width, height } = await sharp(photo).metadata()
  const left = Math.max(0, Math.round(box.x - box.width * margin))
  const top = Math.max(0, Math.round(box.y - box.height * margin))
  const right = Math.min(width, Math.round(box.x + box.width * (1 + margin)))
  const bottom = Math.min(height, Math.round(box.y + box.height * (1 + margin)))
  return sharp(photo)
    .extract({ left, top, width: right - left, height: bottom - top })
    .jpeg({ quality: 95 })
    .toBuffer()
}

/** Stores the photo as a rotated camera does: turned pixels, and the EXIF orientation that turns them back. */
export async function withOrientation(photo: Buffer, orientation: number): Promise<Buffer> {
  let image = sharp(photo)
  // The inverse of each orientation. 2, 4, 5 and 7 are mirrored; sharp rotates before it mirrors.
  if (orientation === 2) image = image.flop()
  if (orientation === 3) image = image.rotate(180)
  if (orientation === 4) image = image.flip()
  if (orientation === 5) image = image.rotate(270).flop()
  if (orientation === 6) image = image.rotate(270)
  if (orientation === 7) image = image.rotate(90).flop()
  if (orientation === 8) image = image.rotate(90)
  return image.jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer()
}

/** A PNG file that declares this size and ends before its pixels. */
export function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452000000000000000008020000000000000000', 'hex')
  header.writeUInt32BE(width, 16)
  header.writeUInt32BE(height, 20)
  header.writeUInt32BE(crc32(header.subarray(12, 29)), 29)
  return Buffer.concat([header.subarray(0, 33), Buffer.from('0000200049444154', 'hex')])
}
