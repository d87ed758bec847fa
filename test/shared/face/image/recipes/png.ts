import { crc32 } from 'node:zlib'

export interface PngRecipe {
  width: number
  height: number
  /** 8-bit grey, packed, each row behind the number of its filter. */
  pixels: Uint8Array
  /** Before the pixels. */
  chunks?: [type: string, content: Uint8Array][]
}

/** A PNG file (ISO/IEC 15948). */
export function pngOf({ width, height, pixels, chunks = [] }: PngRecipe): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.writeUInt8(8, 8)
  const all: [string, Uint8Array][] = [
    ['IHDR', header],
    ...chunks,
    ['IDAT', pixels],
    ['IEND', Buffer.alloc(0)],
  ]
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    ...all.map(([type, content]) => {
      const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), content, Buffer.alloc(4)])
      chunk.writeUInt32BE(content.length)
      chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4)
      return chunk
    }),
  ])
}
