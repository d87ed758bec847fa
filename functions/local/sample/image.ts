import sharp, { type Sharp } from 'sharp'
import type { FaceBox } from './photos.ts'

/** A photo decoded once, for the many pictures cut from it. */
export interface Decoded {
  data: Buffer
  width: number
  height: number
  channels: 3
}

export type Edit = 'plain' | 'mirrored' | 'dark' | 'rotated-3' | 'rotated-6' | 'rotated-8'

/** Degrees clockwise to rotate the stored pixels, so that the EXIF orientation makes the picture upright again. */
const TURN = { 3: 180, 6: 270, 8: 90 } as const

export async function decode(file: string): Promise<Decoded> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: 3 }
}

/** A square around the face, `scale` times its longer side, cropped to the photo; at most `size` pixels wide. */
export async function portrait(photo: Decoded, face: FaceBox, scale: number, size: number): Promise<Decoded> {
  const [x, y, width, height] = face
  const half = (Math.max(width, height) * scale) / 2
  const left = Math.max(0, Math.round(x + width / 2 - half))
  const top = Math.max(0, Math.round(y + height / 2 - half))
  const right = Math.min(photo.width, Math.round(x + width / 2 + half))
  const bottom = Math.min(photo.height, Math.round(y + height / 2 + half))
  const { data, info } = await image(photo)
    .extract({ left, top, width: right - left, height: bottom - top })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: 3 }
}

export function edited(picture: Decoded, edit: Edit): Sharp {
  const start = image(picture)
  switch (edit) {
    case 'plain':
      return start
    case 'mirrored':
      return start.flop()
    case 'dark':
      return start.linear(0.4, 0)
    case 'rotated-3':
      return start.rotate(TURN[3]).withMetadata({ orientation: 3 })
    case 'rotated-6':
      return start.rotate(TURN[6]).withMetadata({ orientation: 6 })
    case 'rotated-8':
      return start.rotate(TURN[8]).withMetadata({ orientation: 8 })
  }
}

/** The left or right part of a group photo. */
export function part(photo: Decoded, side: 'left' | 'right'): Sharp {
  const width = Math.round(photo.width * 0.6)
  return image(photo)
    .extract({ left: side === 'left' ? 0 : photo.width - width, top: 0, width, height: photo.height })
    .resize({ width: 800 })
}

/** Makes it look like a separate photo: tilted head, different light. */
export function asSelfie(picture: Decoded): Sharp {
  return image(picture).rotate(5, { background: '#8a8178' }).modulate({ brightness: 1.12, saturation: 0.85 })
}

/** Hills below a sunset: a photo without a face. Painted here, since the decoder of photos lets nothing draw an SVG. */
export function landscape(): Sharp {
  const [width, height] = [960, 640]
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colourAt(x / width, y / height), (y * width + x) * 3)
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

type Colour = [red: number, green: number, blue: number]

const SKY: [at: number, colour: Colour][] = [
  [0, [39, 64, 107]],
  [0.6, [224, 138, 91]],
  [1, [244, 217, 160]],
]

/** @param x and y from 0 to 1 */
function colourAt(x: number, y: number): Colour {
  if (y > 0.85 - 0.08 * Math.sin(7 * x + 0.6)) return [34, 48, 44]
  if (y > 0.72 - 0.1 * Math.sin(6 * x)) return [61, 79, 74]
  if (Math.hypot((x - 0.7) * 1.5, y - 0.57) < 0.09) return [255, 241, 201]
  const below = SKY.findIndex(([at]) => y < at)
  const [[from, above], [to, under]] = [SKY[below - 1], SKY[below]] as [(typeof SKY)[0], (typeof SKY)[0]]
  const share = (y - from) / (to - from)
  return above.map((value, channel) =>
    Math.round(value + share * ((under[channel] ?? value) - value)),
  ) as Colour
}

function image({ data, width, height, channels }: Decoded): Sharp {
  return sharp(data, { raw: { width, height, channels } })
}
