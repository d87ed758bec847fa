const START_OF_SCAN = Buffer.from([0xff, 0xda])
const END_OF_IMAGE = Buffer.from([0xff, 0xd9])
/** Bytes of a RIFF file before its first chunk's content. */
const RIFF_HEADER = 8

/** A JPEG file that ends without its last one or two bytes, with them. Decoders take their absence for missing lines. */
export function withEndOfImage(jpeg: Uint8Array): Uint8Array {
  const isHalf = jpeg.at(-1) === END_OF_IMAGE[0]
  return Buffer.concat([isHalf ? jpeg.subarray(0, -1) : jpeg, END_OF_IMAGE])
}

/**
 * A JPEG file whose coded data has no markers but those that belong into it (ITU-T T.81, table B.1). A wrong byte can look
 * like another one, at which decoders give up.
 */
export function withoutStrayMarkers(jpeg: Uint8Array): Uint8Array {
  const copy = Buffer.from(jpeg)
  const scan = Math.max(0, copy.indexOf(START_OF_SCAN))
  for (let at = copy.indexOf(0xff, scan); at >= 0 && at + 1 < copy.length; at = copy.indexOf(0xff, at + 1)) {
    if (!belongsBehindScan(copy.readUInt8(at + 1))) copy.writeUInt8(0, at + 1)
  }
  return copy
}

/** Fill bytes, restarts, the end, the segments of later scans, comments and what applications add. */
function belongsBehindScan(marker: number): boolean {
  const isOfScan = marker === 0xc4 || (marker >= 0xd0 && marker <= 0xdd)
  return isOfScan || (marker >= 0xe0 && marker <= 0xef) || marker >= 0xfe
}

/**
 * A WebP file that was cut, filled up with zeros to the length that it declares: the decoder refuses shorter ones without
 * a look at their lines. Undefined if nothing is missing, or more than this share.
 */
export function filledUp(webp: Uint8Array, maxMissing: number): Uint8Array | undefined {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength)
  if (webp.length < RIFF_HEADER || view.getUint32(0) !== 0x52494646) return undefined
  const length = RIFF_HEADER + view.getUint32(4, true)
  if (webp.length >= length || webp.length < length * (1 - maxMissing)) return undefined
  const filled = new Uint8Array(length)
  filled.set(webp)
  return filled
}
