import { AppError } from '../../contract/app-error.ts'
import type { LongText } from '../../contract/long-text.ts'
import type { Analysis, FaceEngine } from '../../face/port.ts'
import { selfieBytes } from './selfie-bytes.ts'

/** The faces of a selfie, largest first. Rejects as `selfieBytes` and `FaceEngine.analyse` do. */
export async function analyseTarget(image: string | LongText, face: FaceEngine): Promise<Analysis> {
  return face.analyse(await selfieBytes(image), { kind: 'selfie' })
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

/** The fields of a request: of a long one, the same text is the same object. */
export interface TargetFaces {
  target_face?: string | LongText | undefined
  target_faces?: (string | LongText)[] | undefined
}

function selfies({
  target_face,
  target_faces = [],
}: TargetFaces): [field: string, image: string | LongText][] {
  const several = target_faces.map((image, index): [string, string | LongText] => [
    `target_faces[${index}]`,
    image,
  ])
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
