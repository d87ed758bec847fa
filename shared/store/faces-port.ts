import type { Face } from '../face/port.ts'

/** The faces of a photo as they are cached: without landmarks. */
export interface KnownFaces {
  /** Size of the upright photo in pixels. */
  width: number
  height: number
  /** As in `Analysis`. */
  damaged?: boolean | undefined
  /** Largest first. */
  faces: Pick<Face, 'box' | 'score' | 'descriptor'>[]
}

/** What cached faces depend on: they are valid for this content and this engine only. */
export interface FaceKey {
  file_id: string
  md5: string
  engine_id: string
}

export interface NewKnownFaces extends FaceKey, KnownFaces {
  /** Folder of the scan that listed the file, so that a folder can be purged. */
  folder_id: string
  /** JPEG, at most 20 kB. */
  thumbnail: Uint8Array | undefined
  expire_at: number
}

export interface CachedFaces extends KnownFaces {
  expire_at: number
}

/** The same with what it was computed from, and by what. */
export interface LatestFaces extends CachedFaces, Pick<FaceKey, 'md5' | 'engine_id'> {}

/** The face cache. It keeps the latest entry of each file; an entry past its `expire_at` is invisible. */
export interface FaceStore {
  put(known: NewKnownFaces): Promise<void>
  /** By file id, those cached under exactly this key. */
  get(keys: FaceKey[]): Promise<Map<string, CachedFaces>>
  /** By file id, whatever content and engine they are of. */
  latest(fileIds: string[]): Promise<Map<string, LatestFaces>>
  thumbnail(fileId: string): Promise<Uint8Array | undefined>
  remove(fileIds: string[]): Promise<void>
  /** Deletes the entries of a folder, or all but those of albums, which live as long as these, and returns how many. */
  purge(folderId?: string): Promise<number>
  /** Deletes what has expired and returns how many. Does nothing where the store does that by itself. */
  sweep(): Promise<number>
}

/** The faces of one file of a folder, as its index has them. */
export interface IndexedPhoto extends KnownFaces {
  file_id: string
  md5: string
}

/** Photos that are kept packed, since an index has tens of thousands of faces. */
export interface PackedPhotos {
  fileIds: string[]
  /** Whether this is the content that was analysed. */
  has(fileId: string, md5: string): boolean
  /** Unpacked; undefined if this is not the content that was analysed. */
  get(fileId: string, md5: string): KnownFaces | undefined
  /**
   * The same with one face alone: the closest to any of the targets, which are descriptors of the same engine, one after the
   * other. Several times faster, as the others are not unpacked.
   */
  closest(fileId: string, md5: string, targets: Float32Array): KnownFaces | undefined
}

export interface NewShard {
  folder_id: string
  /** Id of the face engine that computed the descriptors. */
  engine_id: string
  /** At most SHARD_BYTES by `packedSize`. */
  photos: IndexedPhoto[]
  expire_at: number
}

export interface Shard {
  shard_id: string
  expire_at: number
  photos: PackedPhotos
}

/** Below 1 MiB, which is the most that a document may have. */
export const SHARD_BYTES = 900_000

/**
 * The index of each folder: the faces of its files in shards, so that a whole folder takes some dozen reads. Shards are added
 * and removed, never changed. One past its `expire_at` is invisible.
 */
export interface IndexStore {
  add(shard: NewShard): Promise<void>
  /**
   * The shards of a folder that this engine computed, in the order in which they were added, the same every time. Where
   * several have a file, the last one is valid.
   */
  shards(folderId: string, engineId: string): Promise<Shard[]>
  remove(folderId: string, shardIds: string[]): Promise<void>
  /** Deletes the index of a folder, or of all. */
  purge(folderId?: string): Promise<void>
  /** Deletes what has expired and returns how many shards. Does nothing where the store does that by itself. */
  sweep(): Promise<number>
}
