import type { AuthCallbackResponse, AuthUrlResponse } from '../contract/auth.ts'
import type { UploadResponse } from '../contract/drive.ts'
import type { MatchEvent, ScanEvent, SuggestionEvent } from '../contract/events.ts'
import type {
  MatchesResponse,
  SameFaceResponse,
  ScanStatus,
  StartScanRequest,
  StartScanResponse,
  TargetFaceResponse,
} from '../contract/scan.ts'
import { albumCalls } from './albums.ts'
import { type EventsOptions, scanEvents } from './events.ts'
import { type CallOptions, call, fetched, withJson, withKey, withSignal } from './request.ts'
import { type UploadOptions, uploadFile } from './upload.ts'

/** A scan as POST /scan names it. */
export type ScanHandle = Pick<StartScanResponse, 'scan_id' | 'scan_key'>
/** The request, without the fields that the server has defaults for. */
export type StartScan = Omit<StartScanRequest, 'recursive' | 'suggestions'> & {
  recursive?: boolean
  suggestions?: boolean
}

export interface ClientOptions {
  /** URL of the API, ending in /api/v1; absolute, or a path in a browser. */
  apiBase: string
  /** The same for POST /scan and /target-face, where those have an address of their own. */
  scanBase?: string
  /** URL of the WebSocket; by default /ws/updates below the API. */
  updatesUrl?: string
}

export interface PageOptions extends CallOptions {
  /** `event_id` of the last event seen. */
  after?: string
}

/**
 * The API as typed calls, for browsers and Node 22 and newer. Needs only `fetch` and `WebSocket`. Every call rejects
 * with ApiError, whose `code` is the server's, `unreachable` if there was no response, or `unreadable` if the response
 * did not come from this server.
 */
export function createClient(options: ClientOptions) {
  const here = (globalThis as { location?: { href: string } }).location?.href
  const absolute = (base: string) => new URL(base, here).href.replace(/\/+$/, '')
  const apiBase = absolute(options.apiBase)
  const scanBase = absolute(options.scanBase ?? options.apiBase)
  const updatesUrl = new URL(options.updatesUrl ?? `${apiBase}/ws/updates`, here).href.replace(/^http/, 'ws')

  const post = <T>(path: string, body: unknown, options?: CallOptions, base = apiBase) =>
    call<T>(base + path, withJson('POST', body, withSignal(options)))

  const status = (scanId: string, options?: CallOptions) =>
    call<ScanStatus>(`${apiBase}/scan/${encodeURIComponent(scanId)}/status`, withSignal(options))

  async function* pages(
    scan: ScanHandle,
    { after, suggestions, ...options }: PageOptions & { suggestions: '0' | '1' },
  ): AsyncGenerator<MatchesResponse, void, undefined> {
    let cursor: string | null | undefined = after
    do {
      const query = new URLSearchParams({ limit: '500', suggestions, ...(cursor && { after: cursor }) })
      const page: MatchesResponse = await call(
        `${apiBase}/scan/${encodeURIComponent(scan.scan_id)}/matches?${query}`,
        withKey(scan, options),
      )
      yield page
      cursor = page.next
    } while (cursor)
  }

  /** The matches so far, oldest first, or those after the event `after`. Pages are fetched as they are read. */
  async function* matches(
    scan: ScanHandle,
    options: PageOptions = {},
  ): AsyncGenerator<MatchEvent, void, undefined> {
    for await (const page of pages(scan, { ...options, suggestions: '0' })) yield* page.matches
  }

  /** The same with the suggestions, of which there are none before all files are done. */
  async function* findings(
    scan: ScanHandle,
    options: PageOptions = {},
  ): AsyncGenerator<MatchEvent | SuggestionEvent, void, undefined> {
    for await (const page of pages(scan, { ...options, suggestions: '1' })) {
      yield* page.matches
      // An older server has none.
      yield* page.suggestions ?? []
    }
  }

  return {
    /**
     * Where to send the user to sign in. `state` is returned with the code; the caller must compare it. With the challenge of
     * a PKCE verifier the code is good only with that.
     */
    authUrl: (query: { state?: string; code_challenge?: string } = {}) =>
      call<AuthUrlResponse>(`${apiBase}/auth/google/url?${new URLSearchParams(query)}`),
    signIn: (code: string, code_verifier?: string) =>
      post<AuthCallbackResponse>('/auth/google/callback', { code, code_verifier }),

    startScan: (request: StartScan, options?: CallOptions) =>
      post<StartScanResponse>('/scan', request, options, scanBase),
    /** The faces of a selfie, largest first; possibly none. */
    targetFace: (image: string, options?: CallOptions) =>
      post<TargetFaceResponse>('/target-face', { image }, options, scanBase),
    status,
    matches,
    findings,
    /** A small JPEG of a match or a suggestion. */
    thumbnail: async (scan: ScanHandle, fileId: string, options?: CallOptions): Promise<Blob> => {
      const path = `/scan/${encodeURIComponent(scan.scan_id)}/matches/${encodeURIComponent(fileId)}/thumbnail`
      return (await fetched(apiBase + path, 'blob', withKey(scan, options))).body
    },
    /**
     * A WebP of a match or a suggestion in the size of a screen. From Google Drive it is read with the guest's access token; albums
     * need none.
     */
    preview: async (
      scan: ScanHandle,
      fileId: string,
      { token, ...options }: CallOptions & { token?: string | undefined } = {},
    ): Promise<Blob> => {
      const path = `/scan/${encodeURIComponent(scan.scan_id)}/matches/${encodeURIComponent(fileId)}/preview`
      const { headers, ...request } = withKey(scan, options)
      const both = { ...headers, ...(token && { 'X-Drive-Token': token }) }
      return (await fetched(apiBase + path, 'blob', { ...request, headers: both })).body
    },
    /** Ids of this scan's photos with the same face as this match or suggestion, that one first. */
    sameFace: async (scan: ScanHandle, fileId: string, options?: CallOptions): Promise<string[]> => {
      const path = `/scan/${encodeURIComponent(scan.scan_id)}/matches/${encodeURIComponent(fileId)}/same-face`
      return (await call<SameFaceResponse>(apiBase + path, withKey(scan, options))).file_ids
    },
    /** When the server deletes the results, in milliseconds since 1970; while the scan runs, when it does so at the latest. */
    expiry: async (scan: ScanHandle, options?: CallOptions): Promise<number> => {
      const path = `/scan/${encodeURIComponent(scan.scan_id)}/matches?limit=1`
      const { headers } = await fetched(apiBase + path, 'text', withKey(scan, options))
      return Date.parse(headers.get('Expires') ?? '')
    },
    /** Ends the scan and keeps what was found, until an hour later. A scan that has ended stays as it is. */
    stop: (scan: ScanHandle, options?: CallOptions) =>
      call<ScanStatus>(`${apiBase}/scan/${encodeURIComponent(scan.scan_id)}/stop`, {
        ...withKey(scan, options),
        method: 'POST',
      }),
    /** Stops the scan and deletes all of its data. */
    erase: (scan: ScanHandle, options?: CallOptions) =>
      call<void>(`${apiBase}/scan/${encodeURIComponent(scan.scan_id)}`, {
        ...withKey(scan, options),
        method: 'DELETE',
      }),

    /**
     * Every event of the scan once, in order of arrival, until its end: from the start, or after the event `after`.
     * See EventsOptions.
     */
    events: (scan: ScanHandle, options: EventsOptions = {}): AsyncGenerator<ScanEvent, void, undefined> =>
      scanEvents(scan, options, { updatesUrl, status, findings }),

    albums: albumCalls({ apiBase, scanBase, updatesUrl }),

    /** Uploads one file to Drive. Progress is reported only where there is XMLHttpRequest. */
    upload: (file: Blob, name: string, options: UploadOptions = {}): Promise<UploadResponse> =>
      uploadFile(`${apiBase}/drive/upload`, file, name, options),
  }
}

export type Client = ReturnType<typeof createClient>
