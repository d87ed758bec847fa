const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** Chunks of text (ISO/IEC 15948, 11.3.3). Packed, one of 8 kB can have 8 MB, and a file thousands of them. */
const TEXTS = new Set(['zTXt', 'iTXt', 'tEXt'])
const BYTES_AROUND = 12

/** A PNG file without its texts, which say nothing about the pixels. The same bytes for any other file. */
export function withoutTexts(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return bytes
  const kept: Buffer[] = []
  let from = 0
  for (let at = SIGNATURE.length; at + BYTES_AROUND <= file.length; ) {
    const next = at + BYTES_AROUND + file.readUInt32BE(at)
    if (TEXTS.has(file.toString('latin1', at + 4, at + 8))) {
      kept.push(file.subarray(from, at))
      from = next
    }
    at = next
  }
  return kept.length === 0 ? bytes : Buffer.concat([...kept, file.subarray(from)])
}
