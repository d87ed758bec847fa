import { imageFormat, imageFormatOfName } from './image-formats.ts'

const RAW = 'image/x-dcraw'

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
  mif2: 'image/heif',
  msf1: 'image/heif',
  miaf: 'image/heif',
  avci: 'image/heif',
  avcs: 'image/heif',
  'crx ': RAW,
}

/** Bytes at the start of a file that tell its type. A file type box is some 30 bytes long; a longer one is not read to its end. */
export const SIGNATURE_BYTES = 256

/** The beginnings of files without a file type box, as Latin-1; `?` stands for any byte. The first that fits counts. */
const TYPE_BY_SIGNATURE: [start: string, type: string][] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF????WEBP', 'image/webp'],
  // Canon, Olympus, Panasonic: their first letters are those of TIFF.
  ['II*\0????CR', RAW],
  ['IIRO', RAW],
  ['IIRS', RAW],
  ['MMOR', RAW],
  ['IIU\0', RAW],
  ['FUJIFILMCCD-RAW', RAW],
  ['FOVb', RAW],
  ['\0MRM', RAW],
  ['II????HEAPCCDR', RAW],
  ['II\xbc', 'image/jxr'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['II+\0', 'image/tiff'],
  ['MM\0+', 'image/tiff'],
  // Includes the four reserved bytes, which are 0: two letters alone would match too much.
  ['BM????\0\0\0\0', 'image/bmp'],
  ['8BPS\0', 'image/vnd.adobe.photoshop'],
  ['v/1\x01', 'image/x-exr'],
  ['#?RADIANCE', 'image/vnd.radiance'],
  ['\xff\x0a', 'image/jxl'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'image/jxl'],
  ['\xff\x4f\xff\x51', 'image/j2c'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'image/jp2'],
]

/** MIME type of an image by its file name; undefined if the extension is not an image's. */
export function imageType(fileName: string): string | undefined {
  return imageFormatOfName(fileName)?.types[0]
}

/** The usual file extension for this MIME type, with its dot; empty for anything but an image. */
export function imageExtension(mimeType: string): string {
  return imageFormat(mimeType)?.extensions[0] ?? ''
}

/** MIME type of an image by its first SIGNATURE_BYTES; undefined if they are not an image's. */
export function imageTypeOfBytes(head: Uint8Array): string | undefined {
  const start = head.subarray(0, SIGNATURE_BYTES)
  const text = latin1(start)
  return TYPE_BY_SIGNATURE.find(([signature]) => startsWith(text, signature))?.[1] ?? typeOfBrands(start)
}

function startsWith(text: string, signature: string): boolean {
  return [...signature].every((byte, at) => byte === '?' || byte === text[at])
}

/**
 * By the first brand that is more specific than HEIF, or else as HEIF. Not by the major brand: some programs write that of a
 * video (`isom`, `mp42`), while no video has an image's among its brands.
 */
function typeOfBrands(bytes: Uint8Array): string | undefined {
  const types = brandsOf(bytes).flatMap((brand) => TYPE_BY_BRAND[brand] ?? [])
  return types.find((type) => type !== 'image/heif') ?? types[0]
}

/** The brands in the file type box, the major one first; empty for a file that does not begin with one. */
function brandsOf(bytes: Uint8Array): string[] {
  const box = bytes.subarray(0, SIGNATURE_BYTES)
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
