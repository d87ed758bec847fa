import type { DriveFile, OriginalStream } from '../port.ts'
import { type ContentResponse, contentLength, type DownloadOptions, fetchContent } from './download.ts'
import { connectionLost, timedOut } from './failure.ts'
import { header, transportFailure } from './http.ts'

/** One part; for several, Google would answer in a format of its own. */
const ONE_RANGE = /^bytes=(\d+-\d*|-\d+)$/

/**
 * One attempt at opening a file for a person, whose headers `Range`, `If-Range` and `If-None-Match` are heeded. Rejects with
 * GoogleFailure, or with the signal's reason. Google Drive sends no ETag: the md5 of the listing is it.
 */
export async function openOriginal(
  file: DriveFile,
  request: Headers,
  options: DownloadOptions,
): Promise<OriginalStream> {
  const etag = file.md5 === undefined ? undefined : `"${file.md5}"`
  if (etag !== undefined && isNamed(etag, request.get('if-none-match'))) {
    return { status: 304, headers: { ETag: etag }, body: null }
  }
  const range = rangeOf(request, etag)
  const asked = {
    // The lengths have to be those of the bytes that are passed on.
    'Accept-Encoding': 'identity',
    ...(range !== undefined && { Range: range }),
  }
  return fetchContent(file, asked, options, async (response) => {
    const { status, headers } = response
    const length = contentLength(headers)
    const contentRange = header(headers, 'content-range')
    const modified = header(headers, 'last-modified')
    const isPart = status === 206 && contentRange !== null
    const total = isPart ? Number(contentRange.split('/')[1]) : length
    // Another content has been put in the file's place since it was listed.
    const isChanged = file.size !== undefined && total !== undefined && total !== file.size
    return {
      status: isPart ? 206 : 200,
      headers: {
        'Accept-Ranges': 'bytes',
        ...(length !== undefined && { 'Content-Length': String(length) }),
        ...(isPart && { 'Content-Range': contentRange }),
        ...(modified !== null && { 'Last-Modified': modified }),
        ...(etag !== undefined && !isChanged && { ETag: etag }),
      },
      body: passedOn(response, length, options),
    }
  })
}

function isNamed(etag: string, names: string | null): boolean {
  return names?.split(',').some((name) => ['*', etag].includes(name.trim().replace(/^W\//, ''))) ?? false
}

/** The part to ask Google for; undefined for all of the file. */
function rangeOf(request: Headers, etag: string | undefined): string | undefined {
  const range = request.get('range')?.trim()
  const condition = request.get('if-range')
  if (range === undefined || !ONE_RANGE.test(range)) return undefined
  return condition === null || condition === etag ? range : undefined
}

/**
 * The bytes as they come from Google, no faster than the person takes them. Fails where they end early or stop for `stallMs`;
 * a person who leaves ends Google's response.
 */
function passedOn(
  { data }: ContentResponse,
  announced: number | undefined,
  { stallMs, signal }: DownloadOptions,
): ReadableStream<Uint8Array> {
  const chunks = data[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let sent = 0
  // Each read reports it too.
  data.on('error', () => {})

  async function next(): Promise<Uint8Array | undefined> {
    // Only while waiting for Google: how long the person takes is their affair.
    const timer = setTimeout(() => data.destroy(timedOut(stallMs)), stallMs)
    try {
      const { done, value } = await chunks.next()
      if (!done) return value
    } catch (error) {
      signal?.throwIfAborted()
      throw transportFailure(error)
    } finally {
      clearTimeout(timer)
    }
    if (announced !== undefined && sent !== announced) throw connectionLost(`${sent} bytes of ${announced}`)
    return undefined
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await next()
      if (chunk === undefined) return controller.close()
      sent += chunk.length
      controller.enqueue(chunk)
    },
    cancel: () => void data.destroy(),
  })
}
