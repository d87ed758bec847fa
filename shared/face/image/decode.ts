import { AppError } from '../../contract/app-error.ts'
import { decodeHeic } from './heic/decode.ts'
import { type PrimaryImage, primaryImage, withBrand } from './heic/primary-image.ts'
import { codecNotSearched, notSearched, rawNotSearched } from './not-searched.ts'
import { checkPixels, checkSize, MAX_PIXELS, type Photo } from './photo.ts'
import { tiffContent } from './raw/content.ts'
import { largestPreview } from './raw/preview.ts'
import { AVIF_BYTES, decodeWithSharp } from './sharp.ts'

const HEVC = new Set(['hvc1', 'hev1'])
const AV1 = 'av01'

/**
 * Decodes a photo to upright 8-bit sRGB (EXIF orientation applied; also from CMYK, 16-bit and grey). Of an animation
 * decodes the first frame; transparent areas take the colour of the ground. The content tells the format. Of a raw file decodes
 * the preview.
 *
 * Rejects with AppError `not_an_image` for anything but an image in a known format that shows nine tenths of its lines,
 * `format_not_searched` for an image in another format, `image_too_large`.
 * @param enough a longer side of this many pixels is enough: a photo of about twice as many or more is decoded smaller
 * @param ground as `#rrggbb`; grey, on which dark and light faces are found alike
 */
export async function decodeImage(bytes: Uint8Array, enough = Infinity, ground = '#808080'): Promise<Photo> {
  try {
    return await decodeContent(bytes, enough, ground)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw (
      notSearched(bytes) ??
      new AppError(
        'not_an_image',
        'The file is not a readable image: it is damaged or has an unknown format.',
        {
          cause: error,
        },
      )
    )
  }
}

async function decodeContent(bytes: Uint8Array, enough: number, ground: string): Promise<Photo> {
  const primary = primaryImage(bytes)
  if (primary) return decodeHeif(bytes, primary, enough, ground)
  const tiff = tiffContent(bytes)
  if (tiff?.type === 'image') return decodeWithSharp(bytes, enough, { place: tiff, ground })
  if (tiff?.type !== 'raw') return decodeWithSharp(bytes, enough, { ground })
  const preview = largestPreview(bytes, tiff.orientation)
  if (preview === undefined) throw rawNotSearched()
  return decodeWithSharp(preview, enough, { ground })
}

async function decodeHeif(
  bytes: Uint8Array,
  primary: PrimaryImage,
  enough: number,
  ground: string,
): Promise<Photo> {
  // All that a canvas shows is decoded, however small the canvas is.
  checkPixels(primary.codedPixels, MAX_PIXELS)
  if (HEVC.has(primary.codec)) return decodeHeic(withBrand(bytes, 'heic'), primary, enough)
  if (primary.codec !== AV1) throw codecNotSearched(primary.codec)
  for (const size of [...primary.declared, ...primary.parts]) checkSize(size, AVIF_BYTES)
  return decodeWithSharp(withBrand(bytes, 'avif'), enough, { heif: true, ground })
}
