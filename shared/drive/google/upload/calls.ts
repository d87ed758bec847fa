import { Readable } from 'node:stream'
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import type { UploaderCredentials } from '../../../google-auth/uploader.ts'
import type { UploadSource } from '../../port.ts'
import type { Send } from '../http.ts'
import type { Operation } from '../refusals.ts'
import { googleRetry, type RetriedCall, type RetryTimings, withToken } from '../retry.ts'
import { readBytes, uploadResumable } from './resumable.ts'

/** Google's limit, in bytes, of a request with metadata and content. */
const MAX_SINGLE_REQUEST = 5 * 1024 * 1024

export interface UploadCalls {
  /** A call of googleapis, with retries. */
  call<T extends object>(operation: Operation, send: Send<T>): Promise<T>
  /** One attempt, which rejects with GoogleFailure; for `retried` attempts that consist of several calls. */
  attempt<T extends object>(send: Send<T>): Promise<T>
  retried: RetriedCall
  /** Creates a file from the content and the metadata, or replaces both of the one under `fileId`. */
  put(
    operation: Operation,
    source: UploadSource,
    metadata: drive_v3.Schema$File,
    fileId?: string,
  ): Promise<void>
}

export interface GoogleUploadOptions extends RetryTimings {
  /** Replaces https://www.googleapis.com; may have a path. */
  apiRoot: string
  credentials: UploaderCredentials
  /** The longest time for a call without content, in milliseconds. */
  timeoutMs?: number
  /** The longest time for a call with content, in milliseconds. */
  uploadTimeoutMs?: number
  /** Files up to this size in bytes are sent in one request together with their metadata. */
  singleRequestBytes?: number | undefined
  /** Bytes of a large file sent in one request; a multiple of 256 KiB. */
  chunkBytes?: number | undefined
}

/** Calls with the uploader's credentials. A refused token is replaced once per attempt. */
export function uploadCalls({
  apiRoot,
  credentials,
  timeoutMs = 30_000,
  uploadTimeoutMs = 120_000,
  singleRequestBytes = MAX_SINGLE_REQUEST,
  chunkBytes = 8 * 1024 * 1024,
  ...timings
}: GoogleUploadOptions): UploadCalls {
  const retried = googleRetry(timings)

  async function attempt<T extends object>(send: Send<T>, ms = timeoutMs): Promise<T> {
    const { fetchJson } = await import('../http.ts')
    return withToken(credentials, (accessToken) =>
      fetchJson({ apiRoot, authority: { accessToken }, item: undefined }, send, { timeoutMs: ms }),
    )
  }

  async function putWhole(
    operation: Operation,
    source: UploadSource,
    metadata: drive_v3.Schema$File,
    fileId: string | undefined,
  ): Promise<void> {
    const content = await readBytes(source, 0, source.size)
    const send: Send<drive_v3.Schema$File> = ({ files }, method) => {
      // A new stream for each attempt.
      const media = { mimeType: source.mime_type, body: Readable.from([content]) }
      const parameters = { requestBody: metadata, media, supportsAllDrives: true, fields: 'id' }
      return fileId === undefined
        ? files.create(parameters, method)
        : files.update({ fileId, ...parameters }, method)
    }
    await retried(operation, () => attempt(send, uploadTimeoutMs))
  }

  return {
    retried,
    attempt: (send) => attempt(send),
    call: (operation, send) => retried(operation, () => attempt(send)),

    put(operation, source, metadata, fileId) {
      if (source.size <= singleRequestBytes) return putWhole(operation, source, metadata, fileId)
      const path = fileId === undefined ? '' : `/${encodeURIComponent(fileId)}`
      return uploadResumable(source, {
        method: fileId === undefined ? 'POST' : 'PATCH',
        url: `${apiRoot}/upload/drive/v3/files${path}`,
        metadata,
        operation,
        credentials,
        retried,
        timeoutMs: uploadTimeoutMs,
        chunkBytes,
      })
    },
  }
}
