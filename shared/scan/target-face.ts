import { AppError } from '../errors.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'

/** Bytes of the decoded image. */
export const TARGET_IMAGE_LIMIT = 10 * 1024 * 1024

const DATA_URI = /^data:image\/[\w.+-]+(;[\w=.+-]+)*;base64,/i

/** Base64, bare or as a data URI, to bytes. Throws `invalid_base64` or `image_too_large`. */
export function decodeTargetImage(text: string): Buffer {
  const base64 = text.replace(DATA_URI, '').replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.replace(/=+$/, '').length % 4 === 1) {
    throw new AppError('invalid_base64', 'The image is not valid base64.')
  }
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > TARGET_IMAGE_LIMIT) {
    throw new AppError('image_too_large', 'The image is larger than 10 MB.')
  }
  return bytes
}

/** The faces of a selfie, largest first. Throws as `decodeTargetImage` and `FaceEngine.analyse` do. */
export async function analyseTarget(image: string, face: FaceEngine): Promise<Analysis> {
  return face.analyse(decodeTargetImage(image), { kind: 'selfie' })
}

/** Descriptor of the face to look for: the largest one. Throws `no_face` when there is none. */
export async function describeTarget(image: string, face: FaceEngine): Promise<Float32Array> {
  const [largest] = (await analyseTarget(image, face)).faces
  if (!largest) throw new AppError('no_face', 'No face was found in the target image.')
  return largest.descriptor
}
