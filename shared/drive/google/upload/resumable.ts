import * as z from 'zod'
import { AppError } from '../../../contract/app-error.ts'
import type { UploaderCredentials } from '../../../google-auth/uploader.ts'
import type { UploadSource } from '../../port.ts'
import { connectionLost, failureOf, GoogleFailure, parseBody, timedOut } from '../failure.ts'
import type { Operation } from '../refusals.ts'
import { type RetriedCall, withToken } from '../retry.ts'

/** Google drops a session after a week, and sometimes earlier. */
const MAX_SESSIONS = 3

export interface ResumableUpload {
  method: 'POST' | 'PATCH'
  /** Upload URL of files.create or files.update, without the query. */
  url: string
  metadata: object
  operation: Operation
  credentials: UploaderCredentials
  retried: RetriedCall
  /** The longest time for one request, in milliseconds. */
  timeoutMs: number
  chunkBytes: number
}

/** How far the upload is; `expired` if Google no longer knows the session. */
type Progress = 'stored' | 'expired' | { offset: number }

/**
 * Uploads in chunks. After a fault it asks Google how many bytes have arrived and continues from there, so none are
 * sent twice; a session that Google has dropped is restarted. Rejects with AppError, whose cause is the
 * GoogleFailure.
 *
 * https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable
 */
export async function uploadResumable(source: UploadSource, upload: ResumableUpload): Promise<void> {
  for (let session = 0; session < MAX_SESSIONS; session++) {
    const address = await begin(source, upload)
    if (await sendChunks(source, address, upload)) return
  }
  throw new AppError('drive_unavailable', 'Upload failed: Google Drive dropped it several times.')
}

/** URL of a new session. */
function begin(source: UploadSource, upload: ResumableUpload): Promise<string> {
  const { method, url, metadata, operation, credentials, retried, timeoutMs } = upload
  return retried(operation, () =>
    withToken(credentials, async (token) => {
      const { headers } = await send(
        `${url}?uploadType=resumable&supportsAllDrives=true&fields=id`,
        {
          method,
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': 'application/json; charset=UTF-8',
            'X-Upload-Content-Type': source.mime_type,
            'X-Upload-Content-Length': String(source.size),
          },
          body: JSON.stringify(metadata),
        },
        timeoutMs,
      )
      const address = headers.get('location')
      if (address === null) throw connectionLost('an upload session without an address')
      return address
    }),
  )
}

/** True once everything is stored; false if Google no longer knows the session. */
async function sendChunks(source: UploadSource, address: string, upload: ResumableUpload): Promise<boolean> {
  const { operation, credentials, retried, timeoutMs, chunkBytes } = upload
  const put = (range: string, body?: Buffer) =>
    withToken(credentials, (token) => putRange(address, token, `${range}/${source.size}`, body, timeoutMs))

  let offset = 0
  let offsetKnown = true

  /** Sends the chunk at `offset`, unless an earlier attempt's bytes turn out to have arrived. */
  async function step(): Promise<Progress> {
    if (!offsetKnown) {
      const progress = await put('bytes *')
      offsetKnown = true
      if (typeof progress === 'string' || progress.offset !== offset) return progress
    }
    const chunk = await readBytes(source, offset, Math.min(chunkBytes, source.size - offset))
    offsetKnown = false
    const progress = await put(`bytes ${offset}-${offset + chunk.length - 1}`, chunk)
    offsetKnown = true
    if (typeof progress === 'object' && progress.offset <= offset)
      throw connectionLost('a chunk did not arrive')
    return progress
  }

  for (;;) {
    const progress = await retried(operation, step)
    if (typeof progress === 'string') return progress === 'stored'
    offset = progress.offset
  }
}

async function putRange(
  address: string,
  token: string,
  range: string,
  body: Buffer | undefined,
  timeoutMs: number,
): Promise<Progress> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Range': range }
  try {
    const response = await send(
      address,
      { method: 'PUT', headers, ...(body && { body: new Uint8Array(body) }) },
      timeoutMs,
    )
    if (response.status !== 308) return 'stored'
    const received = /^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1]
    return { offset: received === undefined ? 0 : Number(received) + 1 }
  } catch (error) {
    if (error instanceof GoogleFailure && (error.status === 404 || error.status === 410)) return 'expired'
    throw error
  }
}

/** One request, with its response read to the end. Rejects with GoogleFailure; 308 means that more bytes are due. */
async function send(url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: timeout })
    const body = await response.text()
    if (response.ok || response.status === 308) return response
    throw failureOf(response.status, parseBody(body), response.headers.get('retry-after'))
  } catch (error) {
    if (error instanceof GoogleFailure) throw error
    // The error's message contains the URL, so it is not kept.
    throw timeout.aborted ? timedOut(timeoutMs) : connectionLost(transportCode(error))
  }
}

/**
 * `length` bytes of the source. Rejects with the source's own error, and if the source turns out shorter or longer
 * than its size.
 */
export async function readBytes(source: UploadSource, offset: number, length: number): Promise<Buffer> {
  const last = offset + length === source.size
  const pieces: Uint8Array[] = []
  let total = 0
  for await (const piece of source.open(offset) as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    total += piece.length
    if (last ? total > length : total >= length) break
  }
  if (last ? total !== length : total < length) {
    throw new Error(`the file has ${offset + total} bytes instead of ${source.size}`)
  }
  return Buffer.concat(pieces).subarray(0, length)
}

const FetchError = z.object({ cause: z.object({ code: z.string() }) })

function transportCode(error: unknown): string {
  return FetchError.safeParse(error).data?.cause.code ?? 'connection failed'
}
