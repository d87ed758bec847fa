import type { Album, AlbumFile, AlbumPhoto, AlbumShard, AlbumStore } from '../store/album-port.ts'

/** The photos of an album as they are in memory, packed. */
export interface AlbumIndex {
  version: number
  /** By their numbers. */
  shards: ReadonlyMap<number, AlbumShard>
}

/** The albums that a process has read lately. Of one that has changed it reads only the shards that did. */
export interface AlbumIndexes {
  /** The index in this version or a later one. */
  read(albumId: string, version: number): Promise<AlbumIndex>
  forget(albumId: string): void
}

/** An album of 20,000 photos takes some 50 MB. */
const MAX_ALBUMS = 8

export function albumIndexes(store: Pick<AlbumStore, 'index'>): AlbumIndexes {
  const known = new Map<string, Promise<AlbumIndex>>()

  async function read(
    albumId: string,
    version: number,
    latest: Promise<AlbumIndex> | undefined,
  ): Promise<AlbumIndex> {
    const before = (await latest) ?? EMPTY
    if (latest && before.version >= version) return before
    const part = await store.index(albumId, before.version)
    const changed = part.shards.map((shard) => [shard.shard, shard] as const)
    return { version: part.version, shards: new Map([...before.shards, ...changed]) }
  }

  return {
    read(albumId, version) {
      // Whoever asks while it is being read waits for the same reading.
      const reading = read(albumId, version, known.get(albumId))
      known.delete(albumId)
      known.set(albumId, reading)
      reading.catch(() => known.get(albumId) === reading && known.delete(albumId))
      for (const oldest of known.keys()) {
        if (known.size <= MAX_ALBUMS) break
        known.delete(oldest)
      }
      return reading
    },
    forget: (albumId) => void known.delete(albumId),
  }
}

const EMPTY: AlbumIndex = { version: 0, shards: new Map() }

/** Every photo with the shard that it is in. */
export function* filesOf({ shards }: AlbumIndex): Generator<{ file: AlbumFile; shard: AlbumShard }> {
  for (const shard of shards.values()) for (const file of shard.files) yield { file, shard }
}

/** The photo with its faces, unpacked. */
export const photoOf = (file: AlbumFile, { faces }: AlbumShard): AlbumPhoto => ({
  ...file,
  known: file.error ? undefined : faces.get(file.id, file.md5 ?? ''),
})

export function counts(files: readonly AlbumFile[]): Pick<Album, 'photos' | 'faces' | 'failed'> {
  const failed = files.filter(({ error }) => error).length
  return { photos: files.length - failed, faces: files.reduce((sum, { faces }) => sum + faces, 0), failed }
}

export function fileOf(index: AlbumIndex, fileId: string): AlbumFile | undefined {
  for (const { file } of filesOf(index)) if (file.id === fileId) return file
  return undefined
}
