import type { UploadResponse } from '../contract/drive.ts'
import { ApiError, toApiError, unreachable } from './error.ts'

export interface UploadOptions {
  /** Sent as X-API-Key, if the server requires one. */
  apiKey?: string
  signal?: AbortSignal
  /** Called with the fraction of the bytes that have been sent, 0 to 1. */
  onProgress?: (share: number) => void
}

/** The part of XMLHttpRequest that is used here; fetch does not report upload progress. */
interface Xhr {
  readonly status: number
  readonly responseText: string
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null }
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getResponseHeader(name: string): string | null
  send(body: FormData): void
  abort(): void
}

/** POSTs the file as the multipart field `file`. Rejects with ApiError. */
export async function uploadFile(
  url: string,
  file: Blob,
  name: string,
  { apiKey, signal, onProgress }: UploadOptions,
): Promise<UploadResponse> {
  const form = new FormData()
  form.append('file', file, name)
  const headers: Record<string, string> = apiKey ? { 'X-API-Key': apiKey } : {}
  const send = 'XMLHttpRequest' in globalThis ? sendByXhr : sendByFetch
  const { status, text, retryAfter } = await send(url, form, headers, signal, onProgress)
  if (status < 200 || status > 299) throw toApiError(status, text, retryAfter)
  try {
    return JSON.parse(text) as UploadResponse
  } catch (cause) {
    throw new ApiError('unreadable', 'The response is not JSON.', { status, cause })
  }
}

type Result = { status: number; text: string; retryAfter: string | null }

async function sendByFetch(
  url: string,
  body: FormData,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Result> {
  try {
    const response = await fetch(url, { method: 'POST', body, headers, ...(signal && { signal }) })
    const { status, headers: answered } = response
    return { status, text: await response.text(), retryAfter: answered.get('retry-after') }
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable(error)
  }
}

function sendByXhr(
  url: string,
  body: FormData,
  headers: Record<string, string>,
  signal?: AbortSignal,
  onProgress?: (share: number) => void,
): Promise<Result> {
  const { XMLHttpRequest } = globalThis as unknown as { XMLHttpRequest: new () => Xhr }
  const xhr = new XMLHttpRequest()
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', () => xhr.abort(), { once: true })
    xhr.open('POST', url)
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0)
    xhr.onload = () => {
      const retryAfter = xhr.getResponseHeader('Retry-After')
      resolve({ status: xhr.status, text: xhr.responseText, retryAfter })
    }
    xhr.onerror = () => reject(unreachable(undefined))
    xhr.onabort = () => reject(signal?.reason)
    xhr.send(body)
  })
}
