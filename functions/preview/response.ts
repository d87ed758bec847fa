import { createHash } from 'node:crypto'
import type { Context } from 'hono'

export const WEBP = 'image/webp'

/** The image, or 304 where the client has it. */
export function respond(
  c: Context,
  image: Uint8Array,
  { 'Content-Type': type, ...others }: Record<'Content-Type' | 'Cache-Control', string>,
): Response {
  const etag = `"${createHash('sha256').update(image).digest('base64url')}"`
  const headers = { ETag: etag, ...others }
  if (c.req.header('if-none-match')?.includes(etag)) return c.body(null, 304, headers)
  return c.body(new Uint8Array(image), 200, {
    ...headers,
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
  })
}
