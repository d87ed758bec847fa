import { SIGNATURE_BYTES } from '../../contract/image-types.ts'
import type { DriveFile, FolderRef, ListOptions, OriginalStream } from '../port.ts'
import type { As } from './authority.ts'
import { type JsonCall, listImages, type ReadHead, startFolder } from './listing.ts'
import type { RetriedCall } from './retry.ts'

/** Bytes. Larger photos are refused, because a photo is held in memory as a whole. */
const MAX_DOWNLOAD = 100 * 1024 * 1024
/** Milliseconds that a person waits for an original while Google limits the rate of requests. */
const MAX_WAIT = 15_000

export interface GoogleReadsOptions {
  /** Replaces https://www.googleapis.com; may have a path. */
  apiRoot: string
  /** The longest time for a call that returns metadata, in milliseconds. */
  timeoutMs?: number
  /** The longest time without a byte during a download, in milliseconds. */
  stallMs?: number
  maxBytes?: number
}

/** What is read from Google Drive, with whatever right; each call is retried. See `Drive` and `OrganiserDrive`. */
export interface GoogleReads {
  json(as: As, signal?: AbortSignal): JsonCall
  listImages(as: As, folder: FolderRef, options: ListOptions): Promise<DriveFile[]>
  folderName(as: As, folder: FolderRef): Promise<string | undefined>
  download(as: As, file: DriveFile, signal?: AbortSignal): Promise<Uint8Array>
  open(as: As, file: DriveFile, request: Headers, signal?: AbortSignal): Promise<OriginalStream>
}

export function googleReads(
  { apiRoot, timeoutMs = 30_000, stallMs = 30_000, maxBytes = MAX_DOWNLOAD }: GoogleReadsOptions,
  retried: RetriedCall,
): GoogleReads {
  const json =
    (as: As, signal?: AbortSignal): JsonCall =>
    (operation, item, send) => {
      const attempt = async () => {
        const { fetchJson } = await import('./http.ts')
        return as((authority) => fetchJson({ apiRoot, authority, item }, send, { timeoutMs, signal }))
      }
      return retried(operation, attempt, signal)
    }

  const headReader =
    (as: As, signal: AbortSignal): ReadHead =>
    (file) => {
      const attempt = async () => {
        const { downloadHead } = await import('./download.ts')
        return as((authority) =>
          downloadHead(file, { apiRoot, authority, stallMs, length: SIGNATURE_BYTES, signal }),
        )
      }
      return retried('download', attempt, signal)
    }

  return {
    json,

    async listImages(as, folder, options) {
      // The first call that fails aborts the ones running alongside it.
      const stop = new AbortController()
      const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
      try {
        const calls = { call: json(as, signal), readHead: headReader(as, signal) }
        return await listImages(calls, folder, options)
      } finally {
        stop.abort()
      }
    },

    folderName: async (as, folder) => (await startFolder(json(as), folder)).name ?? undefined,

    async download(as, file, signal) {
      const attempt = async () => {
        const { download } = await import('./download.ts')
        return as((authority) => download(file, { apiRoot, authority, stallMs, maxBytes, signal }))
      }
      return retried('download', attempt, signal)
    },

    async open(as, file, request, signal) {
      const attempt = async () => {
        const { openOriginal } = await import('./original.ts')
        return as((authority) => openOriginal(file, request, { apiRoot, authority, stallMs, signal }))
      }
      return retried('download', attempt, signal, MAX_WAIT)
    },
  }
}
