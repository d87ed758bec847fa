import { crc32, deflateSync } from 'node:zlib'

// https://www.w3.org/TR/png-3/
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** Bit depth 1, greyscale; then compression, filter and interlace methods, where 0 is the default or the only one. */
const BLACK_AND_WHITE = [1, 0, 0, 0, 0]

/**
 * Encodes a black and white image as PNG. Each row has one bit per pixel (1 is white), padded to whole bytes.
 * Image libraries expect four bytes per pixel, which takes longer than the rest of the function.
 */
export function blackAndWhitePng(width: number, rows: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set(BLACK_AND_WHITE, 8)
  const unfiltered = Uint8Array.of(0)
  const data = deflateSync(Buffer.concat(rows.flatMap((row) => [unfiltered, row])))
  return new Uint8Array(
    Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]),
  )
}

/** A PNG chunk: data length, type, data, CRC of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8)
  return bytes
}
