import { crc32, deflateSync } from 'node:zlib'

// https://www.w3.org/TR/png-3/
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** One bit per pixel, grey; then compression, filter and interlacing, 0 being the only or the plain one. */
const BLACK_AND_WHITE = [1, 0, 0, 0, 0]

/**
 * A black and white image as PNG: a row is one bit per pixel, white is 1, and fills whole bytes. Libraries want four
 * bytes per pixel, which takes longer than the rest of the function.
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

/** Length of the data, type, data, checksum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8)
  return bytes
}
