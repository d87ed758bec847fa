import { readTiff, type TiffImage } from './tiff.ts'

export type TiffContent =
  /** A camera's raw file. Orientation as in EXIF, of the previews that have none of their own. */
  | { type: 'raw'; orientation: number }
  /** An image that is not the first one, which is its thumbnail. */
  | { type: 'image'; page: number; subifd: number | undefined }

/** Colour filter array, and linear raw (DNG 1.7). */
const RAW_PHOTOMETRICS = new Set([32_803, 34_892])
/** Of Sony, of Samsung and Kodak, of Nikon, of Pentax: what https://exiftool.org/TagNames/EXIF.html#Compression lists. */
const RAW_COMPRESSIONS = new Set([32_767, 32_769, 32_770, 34_713, 65_000, 65_535])
/** The old form of JPEG in TIFF, which cameras use for previews. */
const OLD_JPEG = 6
/** The first image is a thumbnail, marked or not, if it is at most so long and another has so many times its pixels. */
const THUMBNAIL_SIDE = 512
const THUMBNAIL_RATIO = 4

/** Beginnings of raw files that are no TIFF, or whose first image does not show that they are raw. */
const RAW_SIGNATURES = [
  /^FUJIFILMCCD-RAW/,
  /^.{4}ftypcrx /s,
  /^IIU\0/,
  /^IIR[OS]/,
  /^MMOR/,
  /^II\*\0.{4}CR/s,
  /^\0MRM/,
  /^FOVb/,
  /^II.{4}HEAPCCDR/s,
]

/** What a TIFF or raw file holds; undefined for any other file, and for a TIFF whose first image is the photo. */
export function tiffContent(bytes: Uint8Array): TiffContent | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  const images = readTiff(bytes)
  const [first] = images
  if (RAW_SIGNATURES.some((signature) => signature.test(head)) || images.some(isRaw)) {
    return { type: 'raw', orientation: (first ?? cr3Directory(bytes))?.orientation ?? 1 }
  }
  if (first === undefined || !images.some((image) => isThumbnailOf(first, image))) {
    return first?.isReduced && isSmall(first) ? { type: 'raw', orientation: first.orientation } : undefined
  }
  const full = images
    .filter((image) => !image.isReduced && image.compression !== OLD_JPEG && isThumbnailOf(first, image))
    .toSorted((a, b) => pixels(b) - pixels(a))
    .at(0)
  return full
    ? { type: 'image', page: full.page, subifd: full.subifd }
    : { type: 'raw', orientation: first.orientation }
}

function isRaw({ photometric, compression }: TiffImage): boolean {
  return RAW_PHOTOMETRICS.has(photometric) || RAW_COMPRESSIONS.has(compression)
}

function isThumbnailOf(first: TiffImage, other: TiffImage): boolean {
  return (first.isReduced || isSmall(first)) && pixels(other) >= THUMBNAIL_RATIO * pixels(first)
}

function isSmall({ width, height }: TiffImage): boolean {
  return Math.max(width, height) <= THUMBNAIL_SIDE
}

function pixels({ width, height }: TiffImage): number {
  return width * height
}

/** Canon's CR3 has a directory of TIFF in a box near its beginning. */
function cr3Directory(bytes: Uint8Array): TiffImage | undefined {
  const box = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536)).indexOf('CMT1')
  return box < 0 ? undefined : readTiff(bytes.subarray(box + 4))[0]
}
