import { AppError } from '../../contract/app-error.ts'
import type { LongText } from '../../contract/long-text.ts'
import type { SelfieFaces, TargetMatch } from '../../contract/scan.ts'
import { closestBox, onePerPlace } from '../../face/box.ts'
import type { Analysis, Face, FaceEngine } from '../../face/port.ts'
import { type FaceTokens, faceOfToken, isFaceToken } from './face-token.ts'
import { describeMatches, type MatchFacesDeps } from './match-face.ts'
import { selfieBytes } from './selfie-bytes.ts'

/** The faces of a selfie, each once, largest first. Rejects as `selfieBytes` and `FaceEngine.analyse` do. */
export async function analyseTarget(image: string | LongText, face: FaceEngine): Promise<Analysis> {
  const analysis = await face.analyse(await selfieBytes(image), { kind: 'selfie' })
  return { ...analysis, faces: onePerPlace(analysis.faces) }
}

/**
 * The descriptors of one face of each selfie, the largest or that in its box, and of the matches, concatenated. Rejects as
 * `analyseTarget`, `faceOfToken` and `describeMatches` do, with `no_face` for a selfie without a face, or without one there, and with
 * `invalid_request` where there are not as many boxes as selfies; the message names the field.
 */
export async function describeTargets(request: Targets, deps: DescribeDeps): Promise<Float32Array> {
  const images = selfies(request)
  const { target_boxes: boxes, target_matches: matches = [] } = request
  if (boxes !== undefined && boxes.length !== images.length) {
    throw new AppError('invalid_request', 'target_boxes: one for each selfie, or null.')
  }
  const ofMatches = await describeMatches(matches, deps)
  const ofSelfies = await Promise.all(
    images.map(async ([field, image], index) => {
      const faces = await nameField(field, facesOfSelfie(image, deps))
      const box = boxes?.[index]
      const meant = box ? closestBox(faces, box) : faces[0]
      if (!meant) throw new AppError('no_face', `No face was found in ${field}${box ? ' at its box' : ''}.`)
      return meant.descriptor
    }),
  )
  return Float32Array.from([...ofSelfies, ...ofMatches].flatMap((descriptor) => [...descriptor]))
}

export interface DescribeDeps extends MatchFacesDeps, FaceTokens {
  face: FaceEngine
}

/** Whom to look for. */
export interface Targets extends TargetFaces {
  target_boxes?: SelfieFaces | undefined
  target_matches?: TargetMatch[] | undefined
}

/** The fields of a request, each a picture or a face token: of a long one, the same text is the same object. */
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

async function facesOfSelfie(
  selfie: string | LongText,
  deps: DescribeDeps,
): Promise<Pick<Face, 'box' | 'descriptor'>[]> {
  return isFaceToken(selfie) ? [faceOfToken(selfie, deps)] : (await analyseTarget(selfie, deps.face)).faces
}

async function nameField<T>(field: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${field}: ${error.message}`, { cause: error })
  }
}
