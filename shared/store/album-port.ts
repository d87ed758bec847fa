import type { Authorisation } from '../contract/album.ts'
import type { ErrorCode } from '../contract/app-error.ts'
import type { DriveFile, FolderRef } from '../drive/port.ts'
import type { KnownFaces, PackedPhotos } from './faces-port.ts'

export interface NewAlbum {
  album_id: string
  title: string
  folder: FolderRef
  /** The link as the organiser gave it. */
  drive_link: string
  recursive: boolean
  authorisation: Authorisation
  /** Undefined where no code is asked for. */
  code_hash: string | undefined
  /** Milliseconds since 1970, as are all times below. */
  created_at: number
  /** From then on guests are told that it has ended, and `sweep` deletes what was derived from its photos. */
  until: number
}

/** When everything of an album is gone by itself, whatever was made of its end since. */
export const latestEnd = ({ created_at }: Pick<NewAlbum, 'created_at'>): number =>
  created_at + LONGEST_ALBUM + ENDED_ALBUM_LIFETIME

export interface Album extends NewAlbum {
  closed: boolean
  /** Version of the index: 0 when it has never had a photo. */
  version: number
  photos: number
  faces: number
  failed: number
  last_listed_at: number | undefined
  /** The scan that indexes; undefined where none does. */
  scan_id: string | undefined
  /** Id of the engine that described the last guest; photos that another one analysed are analysed again. */
  engine_id: string | undefined
  /** What went wrong the last time. */
  problem: { code: string; error: string } | undefined
}

export type AlbumPatch = Partial<
  Pick<
    Album,
    'title' | 'code_hash' | 'closed' | 'until' | 'last_listed_at' | 'scan_id' | 'engine_id' | 'problem'
  >
>

/** Under what the faces of an album's photo are cached: for itself alone, since they live as long as the album does. */
export const albumFaceId = (albumId: string, fileId: string) => `${albumId}:${fileId}`
/** The folder of those, by which they are purged. */
export const albumFaceFolder = (albumId: string) => `album:${albumId}`

/** A photo of an album. */
export interface AlbumFile extends DriveFile {
  /** That of the index in which it came or changed. */
  version: number
  /** Id of the face engine that computed the descriptors; empty where it failed. */
  engine_id: string
  /** How many there are. */
  faces: number
  error?: { code: ErrorCode; message: string; at: number } | undefined
}

/** The same with its faces, which are undefined where it failed. */
export interface AlbumPhoto extends AlbumFile {
  known: KnownFaces | undefined
}

/** Some hundred photos that are written together. */
export interface NewAlbumShard {
  /** From 0. */
  shard: number
  photos: AlbumPhoto[]
}

export interface AlbumShard {
  shard: number
  files: AlbumFile[]
  /** By file id and checksum, or an empty string for a file without one. */
  faces: PackedPhotos
}

interface AlbumIndexPart {
  version: number
  /** The shards that have changed since the version that was asked for, in their present state. */
  shards: AlbumShard[]
}

/** What a guest agreed to, without anything about the guest. */
interface Consent {
  /** Word for word. */
  wording: string
  at: number
}

/**
 * Albums with their photos. Reads of an unknown album return undefined or nothing, writes to it change nothing.
 */
export interface AlbumStore {
  create(album: NewAlbum): Promise<void>
  /** Also one past `until`, for a week. */
  get(albumId: string): Promise<Album | undefined>
  /** Newest first, without those past `until`. */
  list(): Promise<Album[]>
  /** Returns the album as it is now. A field that is present with the value undefined is cleared. */
  patch(albumId: string, patch: AlbumPatch): Promise<Album | undefined>
  /** What has changed in the index after that version; everything for 0. */
  index(albumId: string, after: number): Promise<AlbumIndexPart>
  /**
   * Puts the shards in the place of those with the same numbers, as the next version, and sets the counts. All at once,
   * and only if `from` is still the version; false where it is not, the album is past `until`, or there is none.
   */
  publish(
    albumId: string,
    from: number,
    shards: NewAlbumShard[],
    counts: Pick<Album, 'photos' | 'faces' | 'failed'>,
  ): Promise<boolean>
  /** Keeps a consent, of which there is one for each search. False where there is no such album, or it is past `until`. */
  addConsent(albumId: string, consent: Consent): Promise<boolean>
  countConsents(albumId: string): Promise<number>
  /**
   * Calls the listener with the album now and after it has changed, and with undefined once it is gone. After `failed` nothing
   * follows.
   */
  watch(
    albumId: string,
    listener: (album: Album | undefined) => void,
    failed?: (error: unknown) => void,
  ): { stop(): void }
  /** Deletes the album with its photos and consents. */
  erase(albumId: string): Promise<void>
  /** Ids of the albums past `until` that have not been swept, however long ago they ended. */
  over(): Promise<string[]>
  /** Deletes photos and consents of these albums, and whatever was swept and ended more than a week ago. */
  sweep(albumIds: readonly string[]): Promise<void>
}

const DAY = 24 * 3_600_000
/** The longest time from an album's creation to its end, in milliseconds. */
export const LONGEST_ALBUM = 180 * DAY
/** Milliseconds for which guests are told that an album has ended. */
export const ENDED_ALBUM_LIFETIME = 7 * DAY
