import type { UploadSource } from '../../port.ts'

/**
 * Some bytes of what is uploaded. Rejects with the error of the source, and when the source has fewer bytes, or at
 * its end more, than its size says.
 */
export async function readBytes(source: UploadSource, offset: number, length: number): Promise<Buffer> {
  const last = offset + length === source.size
  const pieces: Uint8Array[] = []
  let total = 0
  for await (const piece of source.open(offset) as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    total += piece.length
    if (last ? total > length : total >= length) break
  }
  if (last ? total !== length : total < length) {
    throw new Error(`the file has ${offset + total} bytes instead of ${source.size}`)
  }
  return Buffer.concat(pieces).subarray(0, length)
}
