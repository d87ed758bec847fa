import sharp from 'sharp'
import { heicPortrait, samplePhoto } from '../../photos.ts'
import { gridOf, heifOf, hevcPortrait } from './heif.ts'
import { jpegPreview, rgbImage, sensorImage, tiffOf } from './tiff.ts'

/** Small photos with faces in all formats that are searched, by a name with the usual extension. */
export async function everyFormat(): Promise<Map<string, Buffer>> {
  const photo = sharp(await samplePhoto(1)).resize(640)
  const { data, info } = await photo.clone().raw().toBuffer({ resolveWithObject: true })
  const small = await photo.clone().resize(160).raw().toBuffer({ resolveWithObject: true })
  const preview = await photo.clone().resize(1000).jpeg().toBuffer()
  const thumbnail = rgbImage(small.info.width, small.info.height, small.data, [[0xfe, 1]])
  const frames = { width: info.width, height: 2 * info.height, channels: 3, pageHeight: info.height } as const
  const animation = sharp(Buffer.concat([data, data]), { raw: frames })
  const files: Record<string, Buffer | Promise<Buffer>> = {
    'baseline.jpg': photo.clone().withMetadata({ orientation: 1 }).jpeg().toBuffer(),
    'progressive.jpg': photo.clone().jpeg({ progressive: true }).toBuffer(),
    'plain.png': photo.clone().png({ compressionLevel: 1 }).toBuffer(),
    'interlaced.png': photo.clone().png({ compressionLevel: 1, progressive: true }).toBuffer(),
    'lossy.webp': photo.clone().webp({ effort: 0 }).toBuffer(),
    'lossless.webp': photo.clone().webp({ lossless: true, effort: 0 }).toBuffer(),
    'packed.tif': photo.clone().tiff({ compression: 'lzw' }).toBuffer(),
    'behind-thumbnail.tif': tiffOf({ directories: [thumbnail, rgbImage(info.width, info.height, data)] }),
    'camera.nef': tiffOf({
      directories: [{ ...thumbnail, subifds: [sensorImage(6000, 4000), jpegPreview(preview)] }],
    }),
    'portrait.heic': heicPortrait(),
    'tiles.heic': heifOf({ brands: ['heic', 'mif1'], items: gridOf(await hevcPortrait(), 2, 2) }),
    'plain.avif': photo.clone().avif({ effort: 0 }).toBuffer(),
    'animated.gif': animation.gif({ effort: 1 }).toBuffer(),
  }
  const ready = Object.entries(files).map(async ([name, file]) => [name, await file] as const)
  return new Map(await Promise.all(ready))
}
