import type { Readable } from 'node:stream'
import { AppError } from '../../contract/app-error.ts'
import type { DriveFile, FileRef } from '../port.ts'
import type { Authority } from './authority.ts'
import { connectionLost, failureOf, parseBody, timedOut } from './failure.ts'
import { drive, header, methodOptions, transportFailure } from './http.ts'

/** Bytes of an error response that are read. */
const MAX_ERROR_BODY = 64 * 1024

export interface DownloadOptions {
  apiRoot: string
  authority: Authority
  /** The longest time without a byte, in milliseconds. */
  stallMs: number
  signal: AbortSignal | undefined
}

export interface ContentResponse {
  /** 200 or 206. */
  status: number
  headers: unknown
  data: Readable
}

/**
 * One attempt at downloading a file. Rejects with GoogleFailure, with AppError `image_too_large` above `maxBytes`, or
 * with the signal's reason.
 */
export async function download(
  file: DriveFile,
  { maxBytes, ...options }: DownloadOptions & { maxBytes: number },
): Promise<Uint8Array> {
  if (file.size !== undefined && file.size > maxBytes) throw tooLarge(maxBytes)
  return fetchContent(file, {}, options, async ({ headers, data }, onChunk) => {
    const announced = contentLength(headers)
    if (announced !== undefined && announced > maxBytes) {
      data.destroy()
      throw tooLarge(maxBytes)
    }
    const bytes = await readAll(data, maxBytes, onChunk)
    if (bytes === undefined) throw tooLarge(maxBytes)
    if (announced !== undefined && bytes.length !== announced) {
      throw connectionLost(`${bytes.length} bytes of ${announced}`)
    }
    return bytes
  })
}

/** One attempt at downloading the first `length` bytes of a file, or all of a shorter one. Rejects as `download` does. */
export async function downloadHead(
  file: FileRef,
  { length, ...options }: DownloadOptions & { length: number },
): Promise<Uint8Array> {
  return fetchContent(file, { Range: `bytes=0-${length - 1}` }, options, async ({ data }, onChunk) => {
    const chunks: Uint8Array[] = []
    let read = 0
    for await (const chunk of data as AsyncIterable<Uint8Array>) {
      onChunk()
      read += chunk.length
      chunks.push(chunk)
      // The range is a wish: some answer with the whole file.
      if (read >= length) break
    }
    return Buffer.concat(chunks).subarray(0, length)
  })
}

/**
 * One attempt at asking for the bytes of a file, or a part of them. `read` takes them from the response before `stallMs` have passed
 * without `onChunk`. Rejects as `download` does.
 */
export async function fetchContent<T>(
  file: FileRef,
  extraHeaders: Record<string, string>,
  { apiRoot, authority, stallMs, signal }: DownloadOptions,
  read: (response: ContentResponse, onChunk: () => void) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), stallMs)
  try {
    const parameters = { fileId: file.id, alt: 'media', supportsAllDrives: true }
    const options = methodOptions({ apiRoot, authority, item: file })
    const { status, headers, data } = await drive.files.get(parameters, {
      ...options,
      headers: { ...options.headers, ...extraHeaders },
      responseType: 'stream',
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    })
    timer.refresh()
    if (status >= 300) {
      const body = await readAll(data, MAX_ERROR_BODY, () => {})
      throw failureOf(status, parseBody(Buffer.from(body ?? []).toString()), header(headers, 'retry-after'))
    }
    return await read({ status, headers, data }, () => timer.refresh())
  } catch (error) {
    signal?.throwIfAborted()
    throw stalled.signal.aborted ? timedOut(stallMs) : transportFailure(error)
  } finally {
    clearTimeout(timer)
  }
}

/** The whole body; undefined if it is larger than the limit. */
async function readAll(body: Readable, limit: number, onChunk: () => void): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    onChunk()
    length += chunk.length
    if (length > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Length of the body as it arrives here; unknown if it was compressed on the way. */
export function contentLength(headers: unknown): number | undefined {
  const length = header(headers, 'content-length')
  return length === null || header(headers, 'content-encoding') ? undefined : Number(length)
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('image_too_large', `The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`)
}
