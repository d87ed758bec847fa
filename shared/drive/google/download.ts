import type { Readable } from 'node:stream'
import { AppError } from '../../contract/app-error.ts'
import type { DriveFile } from '../port.ts'
import { connectionLost, failureOf, parseBody, timedOut } from './failure.ts'
import { drive, header, methodOptions, transportFailure } from './http.ts'

/** Bytes of an error response that are read. */
const MAX_ERROR_BODY = 64 * 1024

export interface DownloadOptions {
  apiRoot: string
  accessToken: string
  /** The longest time without a byte, in milliseconds. */
  stallMs: number
  maxBytes: number
  signal: AbortSignal | undefined
}

/**
 * One attempt at downloading a file. Rejects with GoogleFailure, with AppError `image_too_large` above `maxBytes`, or
 * with the signal's reason.
 */
export async function download(
  file: DriveFile,
  { apiRoot, accessToken, stallMs, maxBytes, signal }: DownloadOptions,
): Promise<Uint8Array> {
  if (file.size !== undefined && file.size > maxBytes) throw tooLarge(maxBytes)
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), stallMs)
  try {
    const parameters = { fileId: file.id, alt: 'media', supportsAllDrives: true }
    const { status, headers, data } = await drive.files.get(parameters, {
      ...methodOptions({ apiRoot, accessToken, item: file }),
      responseType: 'stream',
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    })
    timer.refresh()
    if (status >= 300) {
      const body = await readAll(data, MAX_ERROR_BODY, () => {})
      throw failureOf(status, parseBody(Buffer.from(body ?? []).toString()), header(headers, 'retry-after'))
    }
    const announced = contentLength(headers)
    if (announced !== undefined && announced > maxBytes) {
      data.destroy()
      throw tooLarge(maxBytes)
    }
    const bytes = await readAll(data, maxBytes, () => timer.refresh())
    if (bytes === undefined) throw tooLarge(maxBytes)
    if (announced !== undefined && bytes.length !== announced) {
      throw connectionLost(`${bytes.length} bytes of ${announced}`)
    }
    return bytes
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
function contentLength(headers: unknown): number | undefined {
  const length = header(headers, 'content-length')
  return length === null || header(headers, 'content-encoding') ? undefined : Number(length)
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('image_too_large', `The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`)
}
