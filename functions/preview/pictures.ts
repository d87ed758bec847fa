import { create as contentDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import type { UploadDrive } from '../../shared/drive/port.ts'
import type { Previewer } from '../../shared/face/port.ts'
import type { Limits } from '../../shared/http/limits.ts'
import { isAboutAuthorisation } from '../../shared/scan/album-scan.ts'
import type { Previews } from '../../shared/scan/previews/previews.ts'
import { respond, WEBP } from './response.ts'

export interface PictureDeps {
  /** Where uploads are. */
  pictures: Pick<UploadDrive, 'picture'>
  previewer: Pick<Previewer, 'preview'>
  previews: Previews
}

/** Every browser shows them, and a preview would be of their first frame, or is not made of them. */
const AS_THEY_ARE = new Set(['image/gif', 'image/bmp'])
/** Bytes of such a file that are sent to a phone. */
const MAX_AS_IT_IS = 8 * 2 ** 20

/**
 * GET /drive/files/{id}/preview: an uploaded picture as any browser shows it, to whoever has its link. Nothing else is shown:
 * otherwise this would be a site at which anybody could show anything.
 */
export function pictureRoutes(
  { pictures, previewer, previews }: PictureDeps,
  { networkOf }: Pick<Limits, 'networkOf'>,
): Hono {
  const routes = new Hono()

  routes.get('/drive/files/:file_id/preview', async (c) => {
    const id = c.req.param('file_id')
    const { name, mime_type, size, version, read } = await pictures.picture(id).catch(forGuests)
    const asItIs = AS_THEY_ARE.has(mime_type) && size <= MAX_AS_IT_IS
    async function make() {
      const bytes = await read().catch(forGuests)
      return asItIs ? bytes : previewer.preview(bytes)
    }
    const key = { scan_id: 'uploads', file_id: `${id} ${version}`, client: networkOf(c) }
    const image = await previews.get(key, make, c.req.raw.signal)
    c.header('Content-Disposition', contentDisposition(name, { type: 'inline' }))
    return respond(c, image, {
      'Content-Type': asItIs ? mime_type : WEBP,
      // A picture that was deleted is gone at once.
      'Cache-Control': 'private, no-cache',
    })
  })

  return routes
}

/** What is wrong with the uploader's authorisation is for the operator to know. */
function forGuests(error: unknown): never {
  if (!isAboutAuthorisation(error)) throw error
  throw new AppError('drive_unavailable', 'The picture cannot be read at the moment.', { cause: error })
}
