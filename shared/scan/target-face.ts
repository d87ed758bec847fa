import { AppError } from '../contract/app-error.ts'
import type { StartScanRequest } from '../contract/scan.ts'
import { DESCRIPTOR_LENGTH } from '../face/distance.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'

/** Bytes of the decoded image. */
export const TARGET_IMAGE_LIMIT = 10 * 1024 * 1024

const DATA_URI = /^data:image\/[\w.+-]+(;[\w=.+-]+)*;base64,/i

/** Base64, bare or as a data URI, to bytes. Throws `invalid_base64` or `image_too_large`. */
export function decodeTargetImage(text: string): Buffer {
  const digits = text
    .replace(DATA_URI, '')
    .replace(/\s+/g, '')
    .replace(/={1,2}$/, '')
  // Looks for one wrong character: a pattern of the whole text would backtrack through megabytes and overflow the stack.
  if (digits === '' || /[^A-Za-z0-9+/]/.test(digits) || digits.length % 4 === 1) {
    throw new AppError('invalid_base64', 'The image is not valid base64.')
  }
  const bytes = Buffer.from(digits, 'base64')
  if (bytes.length > TARGET_IMAGE_LIMIT) {
    throw new AppError('image_too_large', 'The image is larger than 10 MB.')
  }
  return bytes
}

/** The faces of a selfie, largest first. Throws as `decodeTargetImage` and `FaceEngine.analyse` do. */
export async function analyseTarget(image: string, face: FaceEngine): Promise<Analysis> {
  return face.analyse(decodeTargetImage(image), { kind: 'selfie' })
}

/**
 * Descriptors of the faces to look for, the largest of each selfie, one after the other. Throws as `analyseTarget`
 * does, and `no_face` when one has none; the message names the field.
 */
export async function describeTargets(request: TargetFaces, face: FaceEngine): Promise<Float32Array> {
  const descriptors = await Promise.all(
    selfies(request).map(async ([field, image]) => {
      const [largest] = (await named(field, analyseTarget(image, face))).faces
      if (!largest) throw new AppError('no_face', `No face was found in ${field}.`)
      return largest.descriptor
    }),
  )
  const targets = new Float32Array(descriptors.length * DESCRIPTOR_LENGTH)
  for (const [index, descriptor] of descriptors.entries()) targets.set(descriptor, index * DESCRIPTOR_LENGTH)
  return targets
}

type TargetFaces = Pick<StartScanRequest, 'target_face' | 'target_faces'>

function selfies({ target_face, target_faces = [] }: TargetFaces): [field: string, image: string][] {
  const several = target_faces.map((image, index): [string, string] => [`target_faces[${index}]`, image])
  // The page of a client that knows several selfies sends the first one in both places.
  const repeated = target_face === undefined || target_faces.includes(target_face)
  return repeated ? several : [['target_face', target_face], ...several]
}

async function named<T>(field: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${field}: ${error.message}`, { cause: error })
  }
}
