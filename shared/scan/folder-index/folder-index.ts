import type { IndexStore, Shard } from '../../store/faces-port.ts'
import type { Scan } from '../../store/port.ts'
import type { FolderIndex, Recent } from '../recent.ts'

export interface FolderIndexDeps {
  store: { indexes: IndexStore }
  recent: Recent
  /** Milliseconds since 1970. */
  now: () => number
  /** How long the faces of a file are cached, in milliseconds; with 0 they are not. */
  keepFacesFor: number
}

/** How old an index may be where it decides about a whole scan, in milliseconds: many may begin or end at the same time. */
const FRESH = 2_000

/**
 * The index of a scan's folder, which a process reads once in a while. Empty where faces are not cached.
 * @param fresh with what another process has just added
 */
export async function folderIndex(
  { folder, engine_id }: Pick<Scan, 'folder' | 'engine_id'>,
  { store, recent, now, keepFacesFor }: FolderIndexDeps,
  { fresh = false } = {},
): Promise<FolderIndex> {
  if (keepFacesFor === 0) return indexOf([], now)
  const read = async () => indexOf(await store.indexes.shards(folder.id, engine_id), now)
  return recent.index(folder.id, engine_id, read, fresh ? FRESH : undefined)
}

function indexOf(shards: readonly Shard[], now: () => number): FolderIndex {
  const shardOf = new Map(shards.flatMap((shard) => shard.photos.fileIds.map((fileId) => [fileId, shard])))
  function validShard(id: string): Shard | undefined {
    const shard = shardOf.get(id)
    return shard && shard.expire_at > now() ? shard : undefined
  }
  return {
    shards,
    has: ({ id, md5 }) => md5 !== undefined && validShard(id)?.photos.has(id, md5) === true,
    get: ({ id, md5 }) => (md5 === undefined ? undefined : validShard(id)?.photos.get(id, md5)),
  }
}
