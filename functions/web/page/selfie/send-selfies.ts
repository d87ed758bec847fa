import type { Box } from '../../../../shared/contract/events.ts'
import type { StartScanRequest, TargetFaceResponse } from '../../../../shared/contract/scan.ts'
import { hasCode } from '../error-text.ts'

/** A selfie, and which of its faces is looked for. */
export interface SentSelfie {
  /** Data URI. */
  image: string
  box: Box
  /** What the server takes in place of the picture. */
  token: string | undefined
  /** When the server looked at it, in milliseconds since 1970. */
  looked_at: number
}

/** Whether it is plain whose selfie this is: whoever stands behind them is much smaller. */
export function isPlain({ faces: [first, second] }: TargetFaceResponse): boolean {
  return first !== undefined && (second === undefined || second.box.width * 2 <= first.box.width)
}

/** Milliseconds: the server takes tokens for ten minutes. */
const TOKEN_LIFETIME = 9 * 60_000

type SelfieFields = Pick<StartScanRequest, 'target_face' | 'target_faces' | 'target_boxes'>

/** Makes a request with selfies, as tokens. Only where the server takes those no more are the pictures sent again. */
export async function withSelfies<T>(
  selfies: SentSelfie[],
  send: (fields: SelfieFields) => Promise<T>,
): Promise<T> {
  const target_boxes = selfies.map(({ box }) => box)
  const fields = (targets: string[]): SelfieFields => ({
    target_face: targets[0],
    ...(targets.length > 1 && { target_faces: targets }),
    target_boxes,
  })
  const good = selfies.filter(({ looked_at }) => Date.now() < looked_at + TOKEN_LIFETIME)
  const tokens = good.map(({ token }) => token).filter((token) => token !== undefined)
  if (tokens.length === selfies.length) {
    try {
      return await send(fields(tokens))
    } catch (error) {
      if (!hasCode(error, 'face_token_expired')) throw error
    }
  }
  return send(fields(selfies.map(({ image }) => image)))
}
