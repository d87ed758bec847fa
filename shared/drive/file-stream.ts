import { basename, dirname } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import send from '@fastify/send'
import { AppError } from '../contract/app-error.ts'
import type { OriginalStream } from './port.ts'

/** The only request headers that matter. `If-Match` is left out because a weak ETag could never match it. */
const HEADERS = ['range', 'if-range', 'if-none-match', 'if-modified-since']

/**
 * Streams a file of this machine with ETag and ranges, as `OrganiserDrive.open` promises, by @fastify/send: `send` itself
 * writes to a Node response, this one returns a stream. Rejects with `file_not_found`, `range_not_satisfiable`.
 *
 * @param path absolute, without symlinks
 */
export async function streamFile(
  path: string,
  request: Headers,
  signal?: AbortSignal,
): Promise<OriginalStream> {
  const wanted = HEADERS.flatMap((name) => {
    const value = request.get(name)
    return value === null ? [] : [[name, value]]
  })
  const incoming = Object.assign(Readable.from([]), { method: 'GET', headers: Object.fromEntries(wanted) })
  const result = await send(incoming, `/${encodeURIComponent(basename(path))}`, {
    root: dirname(path),
    index: false,
    contentType: false,
    cacheControl: false,
  })
  const { statusCode: status, stream, headers } = result
  if (status === 416) {
    throw new AppError('range_not_satisfiable', 'The requested range is beyond the end of the file.')
  }
  if (result.type !== 'file' || (status !== 200 && status !== 206 && status !== 304)) {
    throw new AppError('file_not_found', 'The file no longer exists.')
  }
  if (status === 304) {
    stream.destroy()
    return { status, headers, body: null }
  }
  if (signal) addAbortSignal(signal, stream)
  return { status, headers, body: Readable.toWeb(stream) as ReadableStream<Uint8Array> }
}
