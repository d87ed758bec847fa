import type { Size } from '../photo.ts'

/** Shorter than any camera's full preview and longer than any thumbnail, in pixels of the longer side. */
const MIN_SIDE = 1000
/** Markers of JPEG (ITU-T T.81, table B.1). */
const START_OF_IMAGE = Buffer.from([0xff, 0xd8, 0xff])
const FRAMES = new Set([0xc0, 0xc1, 0xc2])
const SEGMENTS_BEFORE_FRAME = new Set([0xc4, 0xdb, 0xdd, 0xfe])
const isApplication = (marker: number) => marker >= 0xe0 && marker <= 0xef
/** Far more than raw files have: both are places where bytes may look like markers, thousands for a file made for it. */
const MAX_STARTS = 1000
const MAX_SEGMENTS = 500
/** Orientation's place in `EXIF`. */
const ORIENTATION_AT = 28
/** An application segment with an EXIF directory whose one entry is the orientation. */
const EXIF = Buffer.from('ffe1002245786966000049492a0008000000010012010300010000000100000000000000', 'hex')

/**
 * The largest JPEG in a raw file, with the bytes behind it: the preview that the camera or a converter made. Found by its
 * markers, wherever the maker keeps it. Raw pixels coded as lossless JPEG are left out. Undefined if the file has
 * thumbnails only.
 * @param orientation as in EXIF, applied where the preview has none of its own
 */
export function largestPreview(bytes: Uint8Array, orientation: number): Uint8Array | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let best: { at: number; frame: Frame } | undefined
  let at = file.indexOf(START_OF_IMAGE)
  for (let starts = 0; at >= 0 && starts < MAX_STARTS; starts++) {
    const frame = readFrame(file, at)
    if (frame && frame.width * frame.height > (best ? best.frame.width * best.frame.height : 0)) {
      best = { at, frame }
    }
    at = file.indexOf(START_OF_IMAGE, at + 1)
  }
  if (best === undefined || Math.max(best.frame.width, best.frame.height) < MIN_SIDE) return undefined
  const preview = file.subarray(best.at)
  if (best.frame.hasExif) return preview
  const exif = Buffer.from(EXIF)
  exif.writeUInt16LE(orientation, ORIENTATION_AT)
  return Buffer.concat([preview.subarray(0, 2), exif, preview.subarray(2)])
}

interface Frame extends Size {
  hasExif: boolean
}

/** Reads the segments from the start of an image to its frame. Undefined if they are not those of a photo. */
function readFrame(file: Buffer, start: number): Frame | undefined {
  let hasExif = false
  let at = start + 2
  for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
    if (at + 9 >= file.length || file[at] !== 0xff) return undefined
    const marker = file[at + 1] as number
    if (FRAMES.has(marker)) {
      const isEightBit = file[at + 4] === 8
      return isEightBit
        ? { width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5), hasExif }
        : undefined
    }
    if (!SEGMENTS_BEFORE_FRAME.has(marker) && !isApplication(marker)) return undefined
    hasExif ||= marker === 0xe1 && file.toString('latin1', at + 4, at + 8) === 'Exif'
    at += 2 + file.readUInt16BE(at + 2)
  }
  return undefined
}
