import type { AlbumFile, AlbumPhoto, AlbumShard } from './album-port.ts'
import { type IndexedPhoto, SHARD_BYTES } from './faces-port.ts'
import { openPhotos, packedSize, packPhotos } from './shard.ts'

/** The two fields that a shard is stored as: its files as JSON, and their faces packed. */
export interface PackedAlbumShard {
  files: string
  faces: Uint8Array
}

/** What a shard takes, so that it stays below the 1 MiB of a document. */
export const ALBUM_SHARD = { photos: 500, bytes: SHARD_BYTES }

/** Bytes that a photo takes up in a shard, at most. */
export function albumPhotoBytes(photo: AlbumPhoto): number {
  const faces = indexed(photo).reduce((sum, each) => sum + packedSize(each), 0)
  return faces + Buffer.byteLength(JSON.stringify(fileOf(photo))) + 1
}

export function packAlbumShard(photos: readonly AlbumPhoto[]): PackedAlbumShard {
  return { files: JSON.stringify(photos.map(fileOf)), faces: packPhotos(photos.flatMap(indexed)) }
}

/** Damaged bytes make their photos unknown, so that they are analysed again. */
export function openAlbumShard(shard: number, { files, faces }: PackedAlbumShard): AlbumShard {
  const photos = openPhotos(faces)
  return {
    shard,
    files: photos ? JSON.parse(files) : [],
    faces: photos ?? { fileIds: [], has: () => false, get: () => undefined, closest: () => undefined },
  }
}

const fileOf = ({ known: _known, ...file }: AlbumPhoto): AlbumFile => file

const indexed = ({ id, md5 = '', known }: AlbumPhoto): IndexedPhoto[] =>
  known ? [{ file_id: id, md5, ...known }] : []
