import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import send from '@fastify/send'
import { AppError } from '../contract/app-error.ts'
import type { OriginalStream } from './port.ts'

/** The only request headers passed on. `If-Match` is left out because a weak ETag could never match it. */
const HEADERS = ['range', 'if-range', 'if-none-match', 'if-modified-since']

/**
 * Streams a file with ETag and ranges. Reads it with @fastify/send, which returns a stream for a Response; `send` writes to a Node
 * response itself. Rejects with `file_not_found` and `range_not_satisfiable`.
 *
 * @param path absolute, without symlinks
 */
export async function serveFile(path: string, request: Headers, method = 'GET'): Promise<OriginalStream> {
  const wanted = HEADERS.flatMap((name) => {
    const value = request.get(name)
    return value === null ? [] : [[name, value]]
  })
  const incoming = Object.assign(Readable.from([]), { method, headers: Object.fromEntries(wanted) })
  const result = await send(incoming, `/${encodeURIComponent(basename(path))}`, {
    root: dirname(path),
    index: false,
    contentType: false,
    cacheControl: false,
  })
  if (result.statusCode === 416) {
    throw new AppError('range_not_satisfiable', 'The requested range is beyond the end of the file.')
  }
  if (result.type !== 'file') throw new AppError('file_not_found', 'The file no longer exists.')
  const empty = method === 'HEAD' || result.statusCode === 304
  if (empty) result.stream.destroy()
  const body = empty ? null : (Readable.toWeb(result.stream) as ReadableStream<Uint8Array>)
  return {
    status: result.statusCode as OriginalStream['status'],
    headers: result.headers as Record<string, string>,
    body,
  }
}
