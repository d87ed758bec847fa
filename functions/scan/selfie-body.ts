import type { Context } from 'hono'
import type { z } from 'zod'
import { jsonBodyWithTexts } from '../../shared/http/validate.ts'
import type { TargetFaces } from '../../shared/scan/target/target-face.ts'

/** Bytes of a request with selfies. An image of 10 MB is 13.4 MB in base64. */
export const SELFIES = { limit: 16 * 1024 * 1024 }

/** What the schemas of requests with selfies have in common. */
interface Fields {
  target_face?: string | undefined
  target_faces?: string[] | undefined
}

/** The body of a request with selfies, which stay in its bytes. Rejects as `jsonBody` does. */
export async function selfieBody<T extends z.ZodType<Fields>>(
  c: Context,
  schema: T,
): Promise<Omit<z.output<T>, keyof TargetFaces> & TargetFaces> {
  const { request, textOf } = await jsonBodyWithTexts(c, schema, SELFIES)
  const { target_face, target_faces } = request
  return {
    ...request,
    target_face: target_face === undefined ? undefined : textOf(target_face),
    target_faces: target_faces?.map(textOf),
  }
}
