import { Readable } from 'node:stream'
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import type { MethodOptions } from 'googleapis-common'
import type { UploadSource } from '../../port.ts'
import type { Operation } from '../failure.ts'
import { type Answer, fetchJson } from '../http.ts'
import { googleRetry, type RetriedCall, type RetryTimings } from '../retry.ts'
import { type DriveCredentials, withToken } from './credentials.ts'
import { uploadResumable } from './resumable.ts'
import { readBytes } from './source.ts'

/** Bytes up to which a file is sent in one request together with its metadata. Google's limit. */
export const SIMPLE_LIMIT = 5 * 1024 * 1024

type Send<T> = (drive: drive_v3.Drive, options: MethodOptions) => Promise<Answer<T>>

export interface UploadCalls {
  /** A call of googleapis, tried as often as `RetriedCall` does. */
  call<T extends object>(operation: Operation, send: Send<T>): Promise<T>
  /** One attempt at it, which rejects with GoogleFailure; for attempts of more than one call. */
  attempt<T extends object>(send: Send<T>): Promise<T>
  retried: RetriedCall
  /** Makes a file of the content and the metadata, or changes the one under `fileId`. */
  put(
    operation: Operation,
    source: UploadSource,
    metadata: drive_v3.Schema$File,
    fileId?: string,
  ): Promise<void>
}

export interface GoogleUploadOptions extends RetryTimings {
  /** Stands where https://www.googleapis.com stands, with or without a path. */
  apiRoot: string
  credentials: DriveCredentials
  /** The longest time for a call without content, in milliseconds. */
  timeoutMs?: number
  /** The longest time for a call with content, in milliseconds. */
  uploadTimeoutMs?: number
  /** Bytes, a multiple of 256 KiB: what is sent of a large file with one call. */
  chunkBytes?: number | undefined
}

/** Calls with the uploader's credentials. A refused token is replaced once per attempt. */
export function uploadCalls({
  apiRoot,
  credentials,
  timeoutMs = 30_000,
  uploadTimeoutMs = 120_000,
  chunkBytes = 8 * 1024 * 1024,
  ...timings
}: GoogleUploadOptions): UploadCalls {
  const retried = googleRetry(timings)

  async function attempt<T extends object>(send: Send<T>, ms = timeoutMs): Promise<T> {
    const { drive } = await import('../client.ts')
    return withToken(credentials, (accessToken) =>
      fetchJson({ apiRoot, accessToken, item: undefined }, (method) => send(drive, method), {
        timeoutMs: ms,
      }),
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
      // A stream serves one attempt.
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
      if (source.size <= SIMPLE_LIMIT) return putWhole(operation, source, metadata, fileId)
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
