import { create as contentDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import type { DirectoryDrive, DirectoryFile } from '../../shared/drive/directory/drive.ts'
import type { DirectoryUpload } from '../../shared/drive/directory/upload.ts'
import type { FileSignature } from '../../shared/drive/file-signature.ts'
import { streamFile } from '../../shared/drive/file-stream.ts'
import { isStoredId } from '../../shared/drive/ids.ts'

export interface LocalFiles {
  /** The directory served as the Drive; undefined for Google Drive. */
  directoryDrive: Pick<DirectoryDrive, 'open'> | undefined
  /** Of links to the files of that directory. */
  signature: FileSignature
  /** The uploads stored on this machine. */
  stored: Pick<DirectoryUpload, 'open'>
}

/**
 * GET /drive/files/{id}/content: a photo or an upload on this machine as a download, with ETag and ranges. A photo needs the
 * signature that its links have as `sig`, and without it is not there; the id of an upload is random itself. Errors:
 * `file_not_found`, `range_not_satisfiable`.
 */
export function contentRoutes({ directoryDrive, signature, stored }: LocalFiles): Hono {
  const routes = new Hono()

  routes.get('/drive/files/:file_id/content', async (c) => {
    const id = c.req.param('file_id')
    const isSigned = signature.verify(id, c.req.query('sig') ?? '')
    const place = isStoredId(id) ? stored : isSigned ? directoryDrive : undefined
    if (!place) throw new AppError('file_not_found', 'The file no longer exists.')
    const file = await place.open(id)
    const { status, headers, body } = await streamFile(file.path, c.req.raw.headers)
    const head = c.req.method === 'HEAD'
    if (head) await body?.cancel()
    return new Response(head ? null : body, {
      status,
      headers: {
        ...headers,
        // A 304 must not repeat the headers that describe the content.
        ...(status === 304 ? {} : description(file)),
        'Cache-Control': 'private, no-cache',
        'X-Content-Type-Options': 'nosniff',
      },
    })
  })

  return routes
}

function description(file: DirectoryFile) {
  return { 'Content-Type': file.mime_type, 'Content-Disposition': contentDisposition(file.name) }
}
