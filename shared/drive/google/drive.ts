import { SIGNATURE_BYTES } from '../../contract/image-types.ts'
import { parseGoogleLink } from '../links.ts'
import type { Drive } from '../port.ts'
import { googleDownloadUrl } from './download-url.ts'
import { type JsonCall, listImages, type ReadHead } from './listing.ts'
import { googleRetry, type RetryTimings } from './retry.ts'

/** Bytes. Larger photos are refused, because a photo is held in memory as a whole. */
const MAX_DOWNLOAD = 100 * 1024 * 1024

export interface GoogleDriveOptions extends RetryTimings {
  /** Replaces https://www.googleapis.com; may have a path. */
  apiRoot: string
  /** The longest time for a call that returns metadata, in milliseconds. */
  timeoutMs?: number
  /** The longest time without a byte during a download, in milliseconds. */
  stallMs?: number
  maxBytes?: number
  /** Judges a token that Drive accepts, when access is checked. */
  checkToken?: ((accessToken: string) => Promise<void>) | undefined
}

/** Google Drive v3. The calls of one instance share a pacer, so a process should have a single instance. */
export function googleDrive({
  apiRoot,
  timeoutMs = 30_000,
  stallMs = 30_000,
  maxBytes = MAX_DOWNLOAD,
  checkToken,
  ...timings
}: GoogleDriveOptions): Drive {
  const retried = googleRetry(timings)

  const jsonCall =
    (accessToken: string, signal?: AbortSignal): JsonCall =>
    (operation, item, send) => {
      const attempt = async () => {
        const { fetchJson } = await import('./http.ts')
        return fetchJson({ apiRoot, accessToken, item }, send, { timeoutMs, signal })
      }
      return retried(operation, attempt, signal)
    }

  const headReader =
    (accessToken: string, signal: AbortSignal): ReadHead =>
    (file) => {
      const attempt = async () => {
        const { downloadHead } = await import('./download.ts')
        return downloadHead(file, { apiRoot, accessToken, stallMs, length: SIGNATURE_BYTES, signal })
      }
      return retried('download', attempt, signal)
    }

  return {
    parseLink: parseGoogleLink,

    async checkAccess(accessToken) {
      const call = jsonCall(accessToken)
      await call('check', undefined, ({ about }, options) =>
        about.get({ fields: 'user(emailAddress)' }, options),
      )
      await checkToken?.(accessToken)
    },

    async listImages(folder, accessToken, options) {
      // The first call that fails aborts the ones running alongside it.
      const stop = new AbortController()
      const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
      try {
        const call = jsonCall(accessToken, signal)
        return await listImages({ call, readHead: headReader(accessToken, signal) }, folder, options)
      } finally {
        stop.abort()
      }
    },

    async download(file, accessToken, signal) {
      const attempt = async () => {
        const { download } = await import('./download.ts')
        return download(file, { apiRoot, accessToken, stallMs, maxBytes, signal })
      }
      return retried('download', attempt, signal)
    },

    downloadUrl: googleDownloadUrl,
  }
}
