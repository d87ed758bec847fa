import decodeHeic from 'heic-decode'

/** ISO base media brands of images that are coded in HEVC, which sharp's prebuilt libvips cannot decode. */
const HEVC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'])

/** True for HEIC files, judged by the file type box at their start. AVIF, which shares that box, is not HEIC. */
export function isHeic(bytes: Uint8Array): boolean {
  const ascii = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1')
  if (ascii(4, 8) !== 'ftyp') return false
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length, 256)
  const brands = [ascii(8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(at, at + 4))
  return brands.some((brand) => HEVC_BRANDS.has(brand))
}

export interface HeicImage {
  width: number
  height: number
  /** r, g, b, a per pixel, upright: libheif applies the rotation that the file asks for. */
  decode(): Promise<Uint8Array>
}

/** Calls `use` with the first image of the file, whose size is known before any pixel is decoded. */
export async function withHeicImage<T>(bytes: Uint8Array, use: (image: HeicImage) => Promise<T>): Promise<T> {
  const images = await decodeHeic.all({ buffer: bytes })
  try {
    const [image] = images
    if (image === undefined) throw new Error('The HEIC file holds no image.')
    const decode = async () => {
      const { data } = await image.decode()
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    }
    return await use({ width: image.width, height: image.height, decode })
  } finally {
    images.dispose()
  }
}
