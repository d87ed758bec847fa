import type { Authorisation } from '../contract/album.ts'
import type { DriveFile, FolderRef } from '../drive/port.ts'
import type { KnownFaces } from './port.ts'

export interface NewAlbum {
  album_id: string
  title: string
  folder: FolderRef
  /** The link as the organiser gave it. */
  drive_link: string
  recursive: boolean
  authorisation: Authorisation
  /** See shared/albums/code.ts; undefined where no code is asked for. */
  code_hash: string | undefined
  /** Milliseconds since 1970, as are all times below. */
  created_at: number
  /** From then on guests are told that it has ended, and `sweep` deletes what was derived from its photos. */
  until: number
}

export interface Album extends NewAlbum {
  closed: boolean
  /** Version of the index: 0 when it has never had a photo. */
  version: number
  photos: number
  faces: number
  failed: number
  searches: number
  last_listed_at: number | undefined
  /** The scan that indexes, or did so last. */
  scan_id: string | undefined
  /** What went wrong the last time. */
  problem: { code: string; error: string } | undefined
}

export type AlbumPatch = Partial<
  Pick<Album, 'title' | 'code_hash' | 'closed' | 'until' | 'last_listed_at' | 'scan_id' | 'problem'>
>

/** A photo of an album with its faces, or with the reason why it has none. */
export interface AlbumPhoto extends DriveFile {
  /** That of the index in which it came or changed. */
  version: number
  /** Id of the face engine that computed the descriptors; empty where it failed. */
  engine_id: string
  /** Undefined where it failed. */
  known: KnownFaces | undefined
  error?: { code: string; message: string } | undefined
}

/** The most photos of a shard. */
export const SHARD_PHOTOS = 500

/** Some hundred photos that are read and written together. */
export interface AlbumShard {
  /** From 0. */
  shard: number
  photos: AlbumPhoto[]
}

export interface AlbumIndexPart {
  version: number
  /** The shards that have changed since the version that was asked for, in their present state. */
  shards: AlbumShard[]
}

/** A guest's consent, without anything about the guest. */
export interface Consent {
  /** Word for word. */
  wording: string
  at: number
}

/**
 * Albums with their photos. One past `until` is still returned until `sweep` has deleted it. Reads of an unknown album
 * return undefined or nothing; writes to one change nothing.
 */
export interface AlbumStore {
  create(album: NewAlbum): Promise<void>
  get(albumId: string): Promise<Album | undefined>
  /** Newest first. */
  list(): Promise<Album[]>
  /** Returns the album as it is now. A field that is present with the value undefined is cleared. */
  patch(albumId: string, patch: AlbumPatch): Promise<Album | undefined>
  /** What has changed in the index after that version; everything for 0. */
  index(albumId: string, after: number): Promise<AlbumIndexPart>
  /**
   * Puts the shards in the place of those with the same number, as the next version, and sets the counts. All at once,
   * and only if `from` is still the version; false where it is not, or there is no such album.
   */
  publish(
    albumId: string,
    from: number,
    shards: AlbumShard[],
    counts: Pick<Album, 'photos' | 'faces' | 'failed'>,
  ): Promise<boolean>
  /** Counts a search, and keeps the consent. */
  recordSearch(albumId: string, consent: Consent): Promise<void>
  consents(albumId: string): Promise<Consent[]>
  /** Calls the listener with the album now and whenever it changes, and with undefined once it is gone. */
  watch(albumId: string, listener: (album: Album | undefined) => void): { stop(): void }
  /** Deletes the album with its index and its consents. */
  erase(albumId: string): Promise<void>
  /** Deletes the albums past `until` and returns their ids. */
  sweep(): Promise<string[]>
}
