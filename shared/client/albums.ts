import type {
  Album,
  AlbumsResponse,
  CreateAlbumRequest,
  PatchAlbumRequest,
  SearchAlbumRequest,
  SearchAlbumResponse,
} from '../contract/album.ts'
import { type AlbumUpdatesOptions, albumUpdates } from './album-updates.ts'
import { type CallOptions, call, fetched, withJson, withKey, withSignal } from './request.ts'

/** The requests, without the fields that the server has defaults for. */
export type CreateAlbum = Omit<CreateAlbumRequest, 'recursive'> & { recursive?: boolean }
export type SearchAlbum = Omit<SearchAlbumRequest, 'since'> & { since?: number }

export interface OrganiserOptions extends CallOptions {
  /** Sent as X-API-Key, if the server requires one. */
  apiKey?: string
}

interface Bases {
  apiBase: string
  /** For what needs the face engine. */
  scanBase: string
  updatesUrl: string
}

/** Albums: what their organiser does with them, and what guests do. */
export function albumCalls({ apiBase, scanBase, updatesUrl }: Bases) {
  const at = (albumId: string, base = apiBase) => `${base}/albums/${encodeURIComponent(albumId)}`
  const asOrganiser = ({ apiKey, signal }: OrganiserOptions = {}) => ({
    ...(apiKey && { headers: { 'X-API-Key': apiKey } }),
    ...(signal && { signal }),
  })

  return {
    create: (request: CreateAlbum, options?: OrganiserOptions) =>
      call<Album>(`${apiBase}/albums`, withJson('POST', request, asOrganiser(options))),
    list: async (options?: OrganiserOptions) =>
      (await call<AlbumsResponse>(`${apiBase}/albums`, asOrganiser(options))).albums,
    patch: (albumId: string, patch: PatchAlbumRequest, options?: OrganiserOptions) =>
      call<Album>(at(albumId), withJson('PATCH', patch, asOrganiser(options))),
    /** Lists the folder now. */
    refresh: (albumId: string, options?: OrganiserOptions) =>
      call<Album>(`${at(albumId)}/refresh`, { method: 'POST', ...asOrganiser(options) }),
    /** Deletes the album with everything that was derived from its photos. */
    erase: (albumId: string, options?: OrganiserOptions) =>
      call<void>(at(albumId), { method: 'DELETE', ...asOrganiser(options) }),

    /** What guests see of it. */
    get: (albumId: string, options?: CallOptions) => call<Album>(at(albumId), withSignal(options)),
    /** The album as it is, and again after each change. See albumUpdates. */
    updates: (albumId: string, options?: AlbumUpdatesOptions) => albumUpdates(updatesUrl, albumId, options),
    /** A scan that has ended: its matches are complete when this resolves. */
    search: (albumId: string, request: SearchAlbum, options?: CallOptions) =>
      call<SearchAlbumResponse>(
        `${at(albumId, scanBase)}/search`,
        withJson('POST', request, withSignal(options)),
      ),
    /** The original of a photo that this search found. */
    photo: async (
      albumId: string,
      fileId: string,
      scan: { scan_id: string; scan_key: string },
      options?: CallOptions,
    ): Promise<Blob> => {
      const path = `/photos/${encodeURIComponent(fileId)}?${new URLSearchParams({ scan_id: scan.scan_id })}`
      return (await fetched(at(albumId) + path, 'blob', withKey(scan, options))).body
    },
  }
}
