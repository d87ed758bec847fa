import { AppError } from '../contract/app-error.ts'
import type { StartScanRequest } from '../contract/scan.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'

/** Bytes of the decoded image. */
const MAX_TARGET_IMAGE = 10 * 1024 * 1024

const DATA_URI = /^data:image\/[\w.+-]+(;[\w=.+-]+)*;base64,/i

/** Decodes base64, bare or as a data URI. Throws `invalid_base64` or `image_too_large`. */
function decodeTargetImage(text: string): Buffer {
  const digits = text
    .replace(DATA_URI, '')
    .replace(/\s+/g, '')
    .replace(/={1,2}$/, '')
  // Searches for one invalid character: a match of the whole text would backtrack and overflow the stack.
  if (digits === '' || /[^A-Za-z0-9+/]/.test(digits) || digits.length % 4 === 1) {
    throw new AppError('invalid_base64', 'The image is not valid base64.')
  }
  const bytes = Buffer.from(digits, 'base64')
  if (bytes.length > MAX_TARGET_IMAGE) {
    throw new AppError('image_too_large', 'The image is larger than 10 MB.')
  }
  return bytes
}

/** The faces of a selfie, largest first. Rejects as `decodeTargetImage` and `FaceEngine.analyse` do. */
export async function analyseTarget(image: string, face: FaceEngine): Promise<Analysis> {
  return face.analyse(decodeTargetImage(image), { kind: 'selfie' })
}

/**
 * The descriptors of the largest face of each selfie, concatenated. Rejects as `analyseTarget` does, and with
 * `no_face` for a selfie without one; the message names the field.
 */
export async function describeTargets(request: TargetFaces, face: FaceEngine): Promise<Float32Array> {
  const descriptors = await Promise.all(
    selfies(request).map(async ([field, image]) => {
      const [largest] = (await nameField(field, analyseTarget(image, face))).faces
      if (!largest) throw new AppError('no_face', `No face was found in ${field}.`)
      return largest.descriptor
    }),
  )
  return Float32Array.from(descriptors.flatMap((descriptor) => [...descriptor]))
}

type TargetFaces = Pick<StartScanRequest, 'target_face' | 'target_faces'>

function selfies({ target_face, target_faces = [] }: TargetFaces): [field: string, image: string][] {
  const several = target_faces.map((image, index): [string, string] => [`target_faces[${index}]`, image])
  // Clients that send several selfies repeat the first one in `target_face`, for servers that know only that field.
  const included = target_face === undefined || target_faces.includes(target_face)
  return included ? several : [['target_face', target_face], ...several]
}

async function nameField<T>(field: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${field}: ${error.message}`, { cause: error })
  }
}
