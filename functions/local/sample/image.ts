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

/** Hills below a sunset: a photo without a face. */
export function landscape(): Sharp {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80">
    <linearGradient id="sky" x2="0" y2="1">
      <stop stop-color="#27406b"/><stop offset=".6" stop-color="#e08a5b"/><stop offset="1" stop-color="#f4d9a0"/>
    </linearGradient>
    <rect width="120" height="80" fill="url(#sky)"/>
    <circle cx="84" cy="46" r="7" fill="#fff1c9"/>
    <path d="M0 58 Q30 38 62 56 T120 50 V80 H0Z" fill="#3d4f4a"/>
    <path d="M0 68 Q40 54 80 68 T120 64 V80 H0Z" fill="#22302c"/>
  </svg>`
  return sharp(Buffer.from(drawing), { density: 72 * 8 })
}

function image({ data, width, height, channels }: Decoded): Sharp {
  return sharp(data, { raw: { width, height, channels } })
}
