import { AppError } from '../../contract/app-error.ts'
import type { Box, Face } from '../../face/port.ts'
import type { TokenCipher } from '../secrets/token-cipher.ts'

/** How long a guest has from the look at their selfie to the search, in milliseconds. */
export const FACE_TOKEN_LIFETIME = 10 * 60_000

/** Neither base64 nor a data URI begins so. */
const PREFIX = 'face:'
/** What the cipher binds these to. No scan has this id, so that no access token passes for a face, nor the other way round. */
const PURPOSE = 'face-token'

/** What stands for one face of a selfie, so that the picture need not be sent again. */
export interface FaceTokens {
  cipher: TokenCipher
  face: { id: string }
  /** Milliseconds since 1970. */
  now: () => number
}

interface Sealed {
  engine_id: string
  expire_at: number
  box: Box
  /** Base64 of its 32-bit floats. */
  descriptor: string
}

/** A face of a selfie as a text that this server alone can read, on any of its instances, and for ten minutes. Some 2.5 kB. */
export function faceToken({ box, descriptor }: Pick<Face, 'box' | 'descriptor'>, deps: FaceTokens): string {
  const { buffer, byteOffset, byteLength } = descriptor
  const sealed: Sealed = {
    engine_id: deps.face.id,
    expire_at: deps.now() + FACE_TOKEN_LIFETIME,
    box,
    descriptor: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  }
  return PREFIX + deps.cipher.encrypt(PURPOSE, JSON.stringify(sealed))
}

/** Whether a selfie of a request is a token instead of a picture. */
export const isFaceToken = (selfie: unknown): selfie is string =>
  typeof selfie === 'string' && selfie.startsWith(PREFIX)

/** The face that a token stands for. Throws `face_token_expired` for one that is too old, of another engine or made up. */
export function faceOfToken(
  token: string,
  { cipher, face, now }: FaceTokens,
): Pick<Face, 'box' | 'descriptor'> {
  const text = cipher.decrypt(PURPOSE, token.slice(PREFIX.length))
  const sealed: Sealed | undefined = text === undefined ? undefined : JSON.parse(text)
  if (!sealed || sealed.engine_id !== face.id || sealed.expire_at <= now()) {
    throw new AppError('face_token_expired', 'This face token is not valid any more. Send the picture again.')
  }
  const bytes = Uint8Array.from(Buffer.from(sealed.descriptor, 'base64'))
  return { box: sealed.box, descriptor: new Float32Array(bytes.buffer) }
}
