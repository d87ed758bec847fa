import { extname } from 'node:path'

const TYPE_BY_EXTENSION: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
  '.gif': 'image/gif',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
}

/**
 * Brands in the file type box of ISO base media files (ISO/IEC 14496-12), as registered for HEIF and AVIF at
 * https://mp4ra.org/registered-types/brands. `image/heic` stands for everything coded in HEVC, image sequences
 * included; `mif1` and `msf1` say nothing about the codec.
 */
const TYPE_BY_BRAND: Record<string, string> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  heim: 'image/heic',
  heis: 'image/heic',
  hevc: 'image/heic',
  hevx: 'image/heic',
  hevm: 'image/heic',
  hevs: 'image/heic',
  mif1: 'image/heif',
  msf1: 'image/heif',
}

/** Bytes at the start of a file that tell its type. */
export const SIGNATURE_BYTES = 32

/** A file type box is some 30 bytes long; a longer one is not read to its end. */
const MAX_FILE_TYPE_BOX = 256

/** MIME type of an image by its file name; undefined if the extension is not an image's. */
export function imageType(fileName: string): string | undefined {
  return TYPE_BY_EXTENSION[extname(fileName).toLowerCase()]
}

/** The usual file extension for this MIME type, with its dot; empty for anything but an image. */
export function imageExtension(mimeType: string): string {
  return Object.entries(TYPE_BY_EXTENSION).find(([, type]) => type === mimeType)?.[0] ?? ''
}

/** MIME type of an image by its first SIGNATURE_BYTES; undefined if they are not an image's. */
export function imageTypeOfBytes(head: Uint8Array): string | undefined {
  const start = head.subarray(0, SIGNATURE_BYTES)
  const text = latin1(start)
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (/^GIF8[79]a/.test(text)) return 'image/gif'
  if (/^RIFF....WEBP/s.test(text)) return 'image/webp'
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'image/tiff'
  // Includes the four reserved bytes, which are 0: two letters alone would match too much.
  if (/^BM....\0\0\0\0/s.test(text)) return 'image/bmp'
  return typeOfBrands(start)
}

/** Whether an image is coded in HEVC, judged by its file type box. AVIF, which has that box too, is not. */
export function isHeic(bytes: Uint8Array): boolean {
  return brandsOf(bytes).some((brand) => TYPE_BY_BRAND[brand] === 'image/heic')
}

/** By the major brand, or by the first compatible brand that is more specific than HEIF. */
function typeOfBrands(bytes: Uint8Array): string | undefined {
  const types = brandsOf(bytes).map((brand) => TYPE_BY_BRAND[brand])
  if (!types[0]) return undefined
  return types.find((type) => type !== undefined && type !== 'image/heif') ?? types[0]
}

/** The brands in the file type box, the major one first; empty for a file that does not begin with one. */
function brandsOf(bytes: Uint8Array): string[] {
  const box = bytes.subarray(0, MAX_FILE_TYPE_BOX)
  const text = latin1(box)
  if (text.length < 12 || text.slice(4, 8) !== 'ftyp') return []
  const end = Math.min(new DataView(box.buffer, box.byteOffset).getUint32(0), text.length)
  const brands = [text.slice(8, 12)]
  // The 4 bytes in between are the minor version.
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text.slice(at, at + 4))
  return brands
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
