import { setTimeout as sleep } from 'node:timers/promises'
import type { AlbumFile, AlbumPhoto, AlbumShard, AlbumStore, NewAlbumShard } from '../store/album-port.ts'
import { ALBUM_SHARD, albumPhotoBytes } from '../store/album-shard.ts'
import { type AlbumIndex, type AlbumIndexes, counts, filesOf, photoOf } from './album-index.ts'

export interface ChangeIndexDeps {
  store: { albums: AlbumStore }
  albumIndexes: AlbumIndexes
}

export interface IndexChange {
  /** Photos to add, or to put in the place of those with the same id. */
  put: Omit<AlbumPhoto, 'version'>[]
  /** Ids of photos to remove. */
  remove: string[]
}

/** Shards that one version may change, so that it stays below the 10 MiB of a commit. */
const MAX_SHARDS = 8
/** Photos that one version may put: those that are in other shards so far change these as well. */
const MAX_PUT = 200
/** Several workers publish at the same time, of which one after the other succeeds. */
const MAX_TRIES = 50
const LONGEST_PAUSE = 200

/**
 * Changes the photos of an album. Safe to repeat and to run in parallel: what the index already has is no change, and
 * whoever was overtaken tries again on the version of the other. Rejects where that fails too often.
 */
export async function changeIndex(
  albumId: string,
  { put, remove }: IndexChange,
  deps: ChangeIndexDeps,
): Promise<void> {
  for (let first = 0; first < put.length; first += MAX_PUT) {
    await commit(albumId, { put: put.slice(first, first + MAX_PUT), remove: [] }, deps)
  }
  if (remove.length === 0) return
  const removed = new Set(remove)
  const index = await latest(albumId, deps)
  const idsByShard = [...index.shards.values()]
    .map(({ files }) => files.map(({ id }) => id).filter((id) => removed.has(id)))
    .filter((ids) => ids.length > 0)
  for (let first = 0; first < idsByShard.length; first += MAX_SHARDS) {
    await commit(albumId, { put: [], remove: idsByShard.slice(first, first + MAX_SHARDS).flat() }, deps)
  }
}

async function latest(albumId: string, { store, albumIndexes }: ChangeIndexDeps): Promise<AlbumIndex> {
  const album = await store.albums.get(albumId)
  return albumIndexes.read(albumId, album?.version ?? 0)
}

async function commit(albumId: string, change: IndexChange, deps: ChangeIndexDeps): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const index = await latest(albumId, deps)
    const shards = changed(index, change)
    if (shards.length === 0) return
    if (await deps.store.albums.publish(albumId, index.version, shards, countsWith(index, shards))) return
    const album = await deps.store.albums.get(albumId)
    // Erased, or else over: nobody has overtaken this.
    if (!album || album.version === index.version) return
    await sleep(Math.random() * LONGEST_PAUSE)
  }
  throw new Error('the index of an album is being changed too often')
}

/** The shards of the next version that differ from those of this one. */
function changed(index: AlbumIndex, { put, remove }: IndexChange): NewAlbumShard[] {
  const version = index.version + 1
  const places = new Map([...filesOf(index)].map(({ file, shard }) => [file.id, { file, shard }]))
  const added = put
    .filter((photo) => !isSame(photo, places.get(photo.id)?.file))
    .map((photo) => ({ ...photo, version }))
  const leaving = new Set([...remove, ...added.map(({ id }) => id)])
  const touched = new Map<number, AlbumPhoto[]>()
  const open = (shard: AlbumShard) => {
    const photos = shard.files.map((file) => photoOf(file, shard)).filter(({ id }) => !leaving.has(id))
    touched.set(shard.shard, photos)
    return photos
  }
  for (const id of leaving) {
    const shard = places.get(id)?.shard
    if (shard && !touched.has(shard.shard)) open(shard)
  }
  if (added.length === 0) return toShards(touched)
  // The last shard is filled up, so that photos that arrive one by one do not make a shard each.
  let number = Math.max(0, index.shards.size - 1)
  const lastShard = index.shards.get(number)
  let photos = touched.get(number) ?? (lastShard ? open(lastShard) : [])
  let bytes = photos.reduce((sum, photo) => sum + albumPhotoBytes(photo), 0)
  for (const photo of added) {
    const more = albumPhotoBytes(photo)
    if (photos.length === ALBUM_SHARD.photos || (photos.length > 0 && bytes + more > ALBUM_SHARD.bytes)) {
      number += 1
      photos = []
      bytes = 0
    }
    photos.push(photo)
    bytes += more
    touched.set(number, photos)
  }
  return toShards(touched)
}

const toShards = (touched: Map<number, AlbumPhoto[]>): NewAlbumShard[] =>
  [...touched].map(([shard, photos]) => ({ shard, photos }))

const isSame = (photo: Omit<AlbumFile, 'version'>, known: AlbumFile | undefined): boolean =>
  known !== undefined &&
  known.md5 === photo.md5 &&
  known.name === photo.name &&
  known.engine_id === photo.engine_id &&
  known.error?.code === photo.error?.code &&
  known.error?.at === photo.error?.at

function countsWith(index: AlbumIndex, shards: NewAlbumShard[]) {
  const numbers = new Set(shards.map(({ shard }) => shard))
  const others = [...filesOf(index)].filter(({ shard }) => !numbers.has(shard.shard)).map(({ file }) => file)
  return counts([...shards.flatMap(({ photos }): AlbumFile[] => photos), ...others])
}
