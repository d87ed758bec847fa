import { AppError } from '../contract/app-error.ts'
import type { StartScanRequest } from '../contract/scan.ts'
import type { Analysis, FaceEngine } from '../face/port.ts'

/** Bytes of the decoded image. */
const MAX_TARGET_IMAGE = 10 * 1024 * 1024

/** `data:`, a MIME type and its parameters, which say nothing reliable about the content (RFC 2397). */
const DATA_URI = /^data:[^,]*,/i
const BASE64_DATA_URI = /^data:[^,]*;\s*base64\s*,/i

/**
 * Decodes base64, also with the URL-safe alphabet or percent-encoded, bare or in a data URI, or a data URI of
 * percent-encoded bytes. Rejects with `invalid_base64` or `image_too_large`.
 */
async function decodeTargetImage(text: string): Promise<Uint8Array> {
  const trimmed = text.trim()
  const encoded = trimmed.replace(DATA_URI, '')
  if (encoded === '') throw new AppError('invalid_base64', 'The image is empty.')
  const bytes = base64Bytes(encoded) ?? (await percentEncodedBytes(trimmed))
  if (bytes === undefined) throw new AppError('invalid_base64', 'The image is not valid base64.')
  if (bytes.length > MAX_TARGET_IMAGE) {
    throw new AppError('image_too_large', 'The image is larger than 10 MB.')
  }
  return bytes
}

function base64Bytes(text: string): Uint8Array | undefined {
  const digits = percentDecoded(text)
    ?.replace(/\s+/g, '')
    .replace(/={1,2}$/, '')
  // Searches for one invalid character: a match of the whole text would backtrack and overflow the stack.
  if (!digits || /[^A-Za-z0-9+/_-]/.test(digits) || digits.length % 4 === 1) return undefined
  // Node reads both alphabets.
  return Buffer.from(digits, 'base64')
}

function percentDecoded(text: string): string | undefined {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return undefined
  }
}

async function percentEncodedBytes(text: string): Promise<Uint8Array | undefined> {
  if (!DATA_URI.test(text) || BASE64_DATA_URI.test(text)) return undefined
  return new Uint8Array(await (await fetch(text)).arrayBuffer())
}

/** The faces of a selfie, largest first. Rejects as `decodeTargetImage` and `FaceEngine.analyse` do. */
export async function analyseTarget(image: string, face: FaceEngine): Promise<Analysis> {
  return face.analyse(await decodeTargetImage(image), { kind: 'selfie' })
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
