/** How many bytes of a file `imageTypeOfBytes` looks at. */
export const SIGNATURE_BYTES = 32

/** Brands of ISO base media files (ISO/IEC 14496-12, `ftyp`), as registered for HEIF and AVIF. */
const BRANDS: Record<string, string> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  hevc: 'image/heic',
  heim: 'image/heic',
  heis: 'image/heic',
  mif1: 'image/heif',
  msf1: 'image/heif',
}

/** Mime type of an image by its first SIGNATURE_BYTES; undefined for anything that does not begin like an image. */
export function imageTypeOfBytes(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.subarray(0, SIGNATURE_BYTES)).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (/^GIF8[79]a/.test(text)) return 'image/gif'
  if (/^RIFF....WEBP/s.test(text)) return 'image/webp'
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'image/tiff'
  // Four reserved bytes are 0: without them two letters would be the whole signature.
  if (/^BM....\0\0\0\0/s.test(text)) return 'image/bmp'
  if (text.slice(4, 8) === 'ftyp') return ofBrands(text)
  return undefined
}

/** The major brand, or for a general one the first of the compatible brands that says more. */
function ofBrands(text: string): string | undefined {
  const brands = [8, 16, 20, 24, 28].map((at) => BRANDS[text.slice(at, at + 4)])
  if (!brands[0]) return undefined
  return brands.find((type) => type !== undefined && type !== 'image/heif') ?? brands[0]
}
