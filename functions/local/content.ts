import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import send from '@fastify/send'
import { create as contentDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import type { DirectoryDrive, DirectoryFile } from '../../shared/drive/directory/drive.ts'
import type { DirectoryUpload } from '../../shared/drive/directory/upload.ts'
import { isStoredId } from '../../shared/drive/ids.ts'

export interface LocalFiles {
  /** The directory that stands for the Drive, where there is one. */
  directoryDrive: Pick<DirectoryDrive, 'open'> | undefined
  /** The uploads that are kept on this machine. */
  stored: Pick<DirectoryUpload, 'open'>
}

/**
 * GET /drive/files/{id}/content: a photo or an upload of this machine as a download, with ETag and ranges. Errors:
 * `file_not_found`, `range_not_satisfiable`.
 */
export function contentRoutes({ directoryDrive, stored }: LocalFiles): Hono {
  const routes = new Hono()

  routes.get('/drive/files/:file_id/content', async (c) => {
    const id = c.req.param('file_id')
    const place = isStoredId(id) ? stored : directoryDrive
    if (!place) throw new AppError('file_not_found', 'There is no such file.')
    const file = await place.open(id)
    const { status, headers, body } = await serve(c.req.raw, file)
    return new Response(body, {
      status,
      headers: {
        ...headers,
        // A 304 repeats no description of the content.
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

/** Only the headers named here are looked at: with `If-Match` a weak ETag could never be met. */
const HEADERS = ['range', 'if-range', 'if-none-match', 'if-modified-since']

/**
 * The bytes by @fastify/send: it answers with a stream instead of writing to a Node response as `send` does, so it
 * fits where a Response is returned.
 */
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
    throw new AppError('range_not_satisfiable', 'The file has fewer bytes than the range asks for.')
  }
  if (result.type !== 'file') throw new AppError('file_not_found', 'The file is no longer there.')
  const empty = request.method === 'HEAD' || result.statusCode === 304
  if (empty) result.stream.destroy()
  const body = empty ? null : (Readable.toWeb(result.stream) as ReadableStream<Uint8Array>)
  return { status: result.statusCode, headers: result.headers, body }
}
