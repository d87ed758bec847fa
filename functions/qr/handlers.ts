import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { QrQuery } from '../../shared/contract/drive.ts'
import { query } from '../../shared/http/validate.ts'
import { nextTurn } from '../../shared/platform/turns.ts'
import { qrImage } from './qr-image.ts'

/** GET /drive/qr: the QR code of a link as PNG. The same link and size always give the same image. */
export function qrRoutes(): Hono {
  const routes = new Hono()

  routes.get('/drive/qr', async (c) => {
    const { url, size } = query(c, QrQuery)
    const etag = `"${createHash('sha256').update(`${size} ${url}`).digest('base64url')}"`
    c.header('ETag', etag)
    c.header('Cache-Control', 'public, max-age=86400')
    const known = c.req.header('if-none-match')?.split(/\s*,\s*/) ?? []
    if (known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)) return c.body(null, 304)
    // An image takes up to 10 ms of processor time, and a page may ask for many.
    await nextTurn()
    return c.body(await qrImage(url, size), 200, {
      'Content-Type': 'image/png',
      'X-Content-Type-Options': 'nosniff',
    })
  })

  return routes
}
