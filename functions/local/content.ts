import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import send from '@fastify/send'
import { create as contentDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import type { DirectoryDrive, DirectoryFile } from '../../shared/drive/directory/drive.ts'
import type { DirectoryUpload } from '../../shared/drive/directory/upload.ts'
import type { FileSignature } from '../../shared/drive/file-signature.ts'
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
    const { status, headers, body } = await serve(c.req.raw, file)
    return new Response(body, {
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

/** The only request headers passed on. `If-Match` is left out because a weak ETag could never match it. */
const HEADERS = ['range', 'if-range', 'if-none-match', 'if-modified-since']

/** Reads the file with @fastify/send, which returns a stream for a Response; `send` writes to a Node response itself. */
async function serve(request: Request, file: DirectoryFile) {
  const wanted = HEADERS.flatMap((name) => {
    const value = request.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  const incoming = Object.assign(Readable.from([]), {
    method: request.method,
    headers: Object.fromEntries(wanted),
  })
  const result = await send(incoming, `/${encodeURIComponent(basename(file.path))}`, {
    root: dirname(file.path),
    index: false,
    contentType: false,
    cacheControl: false,
  })
  if (result.statusCode === 416) {
    throw new AppError('range_not_satisfiable', 'The requested range is beyond the end of the file.')
  }
  if (result.type !== 'file') throw new AppError('file_not_found', 'The file no longer exists.')
  const empty = request.method === 'HEAD' || result.statusCode === 304
  if (empty) result.stream.destroy()
  const body = empty ? null : (Readable.toWeb(result.stream) as ReadableStream<Uint8Array>)
  return { status: result.statusCode, headers: result.headers, body }
}
