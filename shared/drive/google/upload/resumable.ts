import * as z from 'zod'
import { AppError } from '../../../contract/app-error.ts'
import type { UploadSource } from '../../port.ts'
import { broken, failureOf, GoogleFailure, type Operation, timedOut } from '../failure.ts'
import type { RetriedCall } from '../retry.ts'
import { type DriveCredentials, withToken } from './credentials.ts'
import { readBytes } from './source.ts'

/** Google forgets a session after a week, and sometimes earlier. */
const SESSIONS = 3

export interface ResumableUpload {
  method: 'POST' | 'PATCH'
  /** Address of files.create or files.update for uploads, without the query. */
  url: string
  metadata: object
  operation: Operation
  credentials: DriveCredentials
  retried: RetriedCall
  /** The longest time for one request, in milliseconds. */
  timeoutMs: number
  chunkBytes: number
}

/** `expired`: Google no longer knows the session. */
type Progress = 'stored' | 'expired' | { offset: number }

/**
 * Uploads in chunks. After a fault it asks how far Google came and goes on from there, so what has arrived is not
 * sent again; a session that Google forgets is begun anew. Rejects with AppError, whose
 * cause is the GoogleFailure.
 *
 * https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable
 */
export async function uploadResumable(source: UploadSource, upload: ResumableUpload): Promise<void> {
  for (let session = 0; session < SESSIONS; session++) {
    const address = await begin(source, upload)
    if (await sendChunks(source, address, upload)) return
  }
  throw new AppError('drive_unavailable', 'Upload failed: Google Drive forgot it again and again.')
}

/** Address of a new session. */
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
      if (address === null) throw broken('an upload session without an address')
      return address
    }),
  )
}

/** Whether everything was sent: false when the session is no longer known. */
async function sendChunks(source: UploadSource, address: string, upload: ResumableUpload): Promise<boolean> {
  const { operation, credentials, retried, timeoutMs, chunkBytes } = upload
  const put = (range: string, body?: Buffer) =>
    withToken(credentials, (token) => putRange(address, token, `${range}/${source.size}`, body, timeoutMs))

  let offset = 0
  let sure = true

  /** Sends the chunk at `offset`, unless it turns out that more had arrived than was known. */
  async function step(): Promise<Progress> {
    if (!sure) {
      const progress = await put('bytes *')
      sure = true
      if (typeof progress === 'string' || progress.offset !== offset) return progress
    }
    const chunk = await readBytes(source, offset, Math.min(chunkBytes, source.size - offset))
    sure = false
    const progress = await put(`bytes ${offset}-${offset + chunk.length - 1}`, chunk)
    sure = true
    if (typeof progress === 'object' && progress.offset <= offset) throw broken('a chunk that did not arrive')
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
    const answer = await send(
      address,
      { method: 'PUT', headers, ...(body && { body: new Uint8Array(body) }) },
      timeoutMs,
    )
    if (answer.status !== 308) return 'stored'
    const received = /^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1]
    return { offset: received === undefined ? 0 : Number(received) + 1 }
  } catch (error) {
    if (error instanceof GoogleFailure && (error.status === 404 || error.status === 410)) return 'expired'
    throw error
  }
}

/** One request, whose answer has come whole. Rejects with GoogleFailure. 308 says that more is to come. */
async function send(url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: timeout })
    const body = await response.text()
    if (response.ok || response.status === 308) return response
    throw failureOf(response.status, parseJson(body), response.headers.get('retry-after'))
  } catch (error) {
    if (error instanceof GoogleFailure) throw error
    // The message of the error has the address in it.
    throw timeout.aborted ? timedOut(timeoutMs) : broken(transportCode(error))
  }
}

const Fault = z.object({ cause: z.object({ code: z.string() }) })

function transportCode(error: unknown): string {
  return Fault.safeParse(error).data?.cause.code ?? 'connection failed'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
