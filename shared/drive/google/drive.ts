import type { StreamMethodOptions } from 'googleapis-common'
import { parseGoogleLink } from '../links.ts'
import type { Drive } from '../port.ts'
import type { Operation } from './failure.ts'
import { fetchBytes, fetchJson, tooLarge } from './http.ts'
import { type JsonCall, listImages } from './listing.ts'
import { googleRetry, type RetryTimings } from './retry.ts'

/** Bytes; larger photos are refused, they would be held in memory as a whole. */
const MAX_DOWNLOAD = 100 * 1024 * 1024

export interface GoogleDriveOptions extends RetryTimings {
  /** Stands where https://www.googleapis.com stands, with or without a path. */
  apiRoot: string
  /** The longest time for a call that answers with metadata, in milliseconds. */
  timeoutMs?: number
  /** The longest time without a byte during a download, in milliseconds. */
  stallMs?: number
  maxBytes?: number
}

const CHECK: Operation = {
  name: 'The check of the Google token',
  notFound: { code: 'drive_unavailable', message: 'Google Drive is not at the configured address.' },
}
const DOWNLOAD: Operation = {
  name: 'Download',
  notFound: {
    code: 'file_not_found',
    message: 'The file is no longer in Google Drive, or no longer shared.',
  },
}

/** Google Drive v3. All calls of one instance share one pacer, so a process should have one. */
export function googleDrive({
  apiRoot,
  timeoutMs = 30_000,
  stallMs = 30_000,
  maxBytes = MAX_DOWNLOAD,
  ...timings
}: GoogleDriveOptions): Drive {
  const retried = googleRetry(timings)

  const jsonCall =
    (accessToken: string, signal?: AbortSignal): JsonCall =>
    (operation, item, send) =>
      retried(operation, () => fetchJson({ apiRoot, accessToken, item }, send, { timeoutMs, signal }), signal)

  return {
    parseLink: parseGoogleLink,

    async checkAccess(accessToken) {
      const call = jsonCall(accessToken)
      const { drive } = await import('./client.ts')
      await call(CHECK, undefined, (options) => drive.about.get({ fields: 'user(emailAddress)' }, options))
    },

    async listImages(folder, accessToken, options) {
      // The first call that fails ends those that run beside it.
      const stop = new AbortController()
      const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
      try {
        const { drive } = await import('./client.ts')
        return await listImages(drive, jsonCall(accessToken, signal), folder, options)
      } finally {
        stop.abort()
      }
    },

    async download(file, accessToken, signal) {
      if (file.size !== undefined && file.size > maxBytes) throw tooLarge(maxBytes)
      const { drive } = await import('./client.ts')
      const send = (options: StreamMethodOptions) =>
        drive.files.get({ fileId: file.id, alt: 'media', supportsAllDrives: true }, options)
      const caller = { apiRoot, accessToken, item: file }
      return retried(DOWNLOAD, () => fetchBytes(caller, send, { stallMs, maxBytes, signal }), signal)
    },

    downloadUrl: (fileId) => `https://drive.google.com/uc?id=${encodeURIComponent(fileId)}&export=download`,
  }
}
