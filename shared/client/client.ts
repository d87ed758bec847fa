import type { AuthCallbackResponse, AuthUrlResponse } from '../contract/auth.ts'
import type { UploadResponse } from '../contract/drive.ts'
import type { MatchEvent, ScanEvent } from '../contract/events.ts'
import type {
  MatchesResponse,
  ScanStatus,
  StartScanRequest,
  StartScanResponse,
  TargetFaceResponse,
} from '../contract/scan.ts'
import { ApiError, toApiError, unreachable } from './error.ts'
import { type EventsOptions, scanEvents } from './events.ts'
import { type UploadOptions, uploadFile } from './upload.ts'

/** A scan as POST /scan names it. */
export type ScanHandle = Pick<StartScanResponse, 'scan_id' | 'scan_key'>
/** What a caller has to say; the server's defaults stand for the rest. */
export type StartScan = Omit<StartScanRequest, 'recursive'> & { recursive?: boolean }

export interface ClientOptions {
  /** Address of the API, ending in /api/v1; absolute, or a path in a browser. */
  apiBase: string
  /** Address of the WebSocket; by default /ws/updates below the API. */
  updatesUrl?: string
}

export interface CallOptions {
  signal?: AbortSignal
}

/**
 * The contract as calls, for browsers and Node 22 and newer. Needs nothing but `fetch` and `WebSocket`. Every call
 * rejects with ApiError, whose `code` is the server's, `unreachable` where no answer came, or `unreadable` where
 * something other than this server answered.
 */
export function createClient(options: ClientOptions) {
  const here = (globalThis as { location?: { href: string } }).location?.href
  const apiBase = new URL(options.apiBase, here).href.replace(/\/+$/, '')
  const updatesUrl = new URL(options.updatesUrl ?? `${apiBase}/ws/updates`, here).href.replace(/^http/, 'ws')

  async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
    let text: string
    let response: Response
    try {
      response = await fetch(apiBase + path, init)
      text = await response.text()
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw unreachable(error)
    }
    if (!response.ok) throw toApiError(response.status, text)
    if (response.status === 204) return undefined as T
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new ApiError('unreadable', 'The answer is not JSON.', { status: response.status, cause })
    }
  }

  const post = <T>(path: string, body: unknown, { signal }: CallOptions = {}) =>
    call<T>(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    })
  const withKey = ({ scan_key }: ScanHandle, { signal }: CallOptions = {}): RequestInit => ({
    headers: { Authorization: `Bearer ${scan_key}` },
    ...(signal && { signal }),
  })

  const status = (scanId: string, { signal }: CallOptions = {}) =>
    call<ScanStatus>(`/scan/${encodeURIComponent(scanId)}/status`, signal ? { signal } : {})

  /** The matches so far behind the event `after`, oldest first, fetched in pages as they are read. */
  async function* matches(
    scan: ScanHandle,
    { after, ...options }: CallOptions & { after?: string } = {},
  ): AsyncGenerator<MatchEvent, void, undefined> {
    let cursor: string | null | undefined = after
    do {
      const query = new URLSearchParams({ limit: '500', ...(cursor && { after: cursor }) })
      const page: MatchesResponse = await call(
        `/scan/${encodeURIComponent(scan.scan_id)}/matches?${query}`,
        withKey(scan, options),
      )
      yield* page.matches
      cursor = page.next
    } while (cursor)
  }

  return {
    /** Where to send the user to sign in; `state` comes back with the code and has to be compared by the caller. */
    authUrl: (state?: string) =>
      call<AuthUrlResponse>(`/auth/google/url${state ? `?${new URLSearchParams({ state })}` : ''}`),
    signIn: (code: string) => post<AuthCallbackResponse>('/auth/google/callback', { code }),

    startScan: (request: StartScan, options?: CallOptions) =>
      post<StartScanResponse>('/scan', request, options),
    /** The faces of a selfie, largest first; possibly none. */
    targetFace: (image: string, options?: CallOptions) =>
      post<TargetFaceResponse>('/target-face', { image }, options),
    status,
    matches,
    /** Stops the scan and erases everything about it. */
    erase: (scan: ScanHandle, options?: CallOptions) =>
      call<void>(`/scan/${encodeURIComponent(scan.scan_id)}`, {
        ...withKey(scan, options),
        method: 'DELETE',
      }),

    /**
     * Every event of the scan once, in the order they arrive, until its end: from the start, or behind the event
     * `after`. See EventsOptions.
     */
    events: (scan: ScanHandle, options: EventsOptions = {}): AsyncGenerator<ScanEvent, void, undefined> =>
      scanEvents(scan, options, { updatesUrl, status, matches }),

    /** Puts one file on Drive; progress is told where the platform has XMLHttpRequest. */
    upload: (file: Blob, name: string, options: UploadOptions = {}): Promise<UploadResponse> =>
      uploadFile(`${apiBase}/drive/upload`, file, name, options),
  }
}

export type Client = ReturnType<typeof createClient>
