import type { DriveFile } from '../../drive/port.ts'
import type { Log } from '../../platform/log.ts'
import { nextTurn } from '../../platform/turns.ts'
import { type FaceStore, type IndexedPhoto, SHARD_BYTES, type Shard } from '../../store/faces-port.ts'
import { GROUP_SIZE, type Scan, type ScanStore } from '../../store/port.ts'
import { packedSize } from '../../store/shard.ts'
import type { FolderIndex } from '../recent.ts'
import { type FolderIndexDeps, folderIndex } from './folder-index.ts'
import { faceKey } from './known-faces.ts'

export interface IndexFolderDeps extends FolderIndexDeps {
  store: FolderIndexDeps['store'] & { scans: ScanStore; faces: FaceStore }
  log: Log
}

type IndexedScan = Pick<Scan, 'scan_id' | 'folder' | 'engine_id' | 'total_files'>

/** Groups whose faces are read at a time. */
const GROUPS_AT_ONCE = 5
const SHARD_PHOTOS = 500

/**
 * Adds to the index of a folder what the face cache knows of a scan's files and the index does not, and removes the shards
 * that have become superfluous. To be called when every file of the scan has its event. Safe to repeat and to run in
 * parallel: at worst the index has files twice until somebody calls it again.
 *
 * The index only saves reads, so a failure is logged and does no harm.
 */
export async function indexFolder(scan: IndexedScan, deps: IndexFolderDeps): Promise<void> {
  const { store, recent, log, keepFacesFor } = deps
  if (keepFacesFor === 0) return
  const { folder, engine_id } = scan
  try {
    const index = await folderIndex(scan, deps, { fresh: true })
    const added = await addMissing(scan, index, deps)
    const unneeded = superfluous(index.shards)
    if (unneeded.length > 0) await store.indexes.remove(folder.id, unneeded)
    if (added || unneeded.length > 0) recent.forgetIndex(folder.id, engine_id)
  } catch (error) {
    log.warn(
      { scan_id: scan.scan_id, err: error },
      'the folder was not indexed: its next scan reads each file',
    )
  }
}

/** Whether there was anything to add. */
async function addMissing(scan: IndexedScan, index: FolderIndex, deps: IndexFolderDeps): Promise<boolean> {
  const { store } = deps
  const { folder, engine_id } = scan
  let photos: IndexedPhoto[] = []
  let bytes = 0
  let expireAt = Infinity
  let added = false

  async function addShard(): Promise<void> {
    if (photos.length === 0) return
    await store.indexes.add({ folder_id: folder.id, engine_id, photos, expire_at: expireAt })
    photos = []
    bytes = 0
    expireAt = Infinity
    added = true
  }

  async function missingOf(group: number) {
    const files = (await store.scans.group(scan.scan_id, group))?.files ?? []
    const missing = files.filter((file) => !index.has(file))
    return {
      missing,
      known: await store.faces.get(missing.flatMap((file) => faceKey(toKey(file), engine_id))),
    }
  }

  const groups = Array.from({ length: Math.ceil(scan.total_files / GROUP_SIZE) }, (_, group) => group)
  for (let first = 0; first < groups.length; first += GROUPS_AT_ONCE) {
    const pages = await Promise.all(groups.slice(first, first + GROUPS_AT_ONCE).map(missingOf))
    for (const { id, md5 = '', faces } of pages.flatMap(withFaces)) {
      const { expire_at, ...photo } = faces
      const indexed = { file_id: id, md5, ...photo }
      const size = packedSize(indexed)
      if (size > SHARD_BYTES) continue
      if (photos.length === SHARD_PHOTOS || bytes + size > SHARD_BYTES) await addShard()
      photos.push(indexed)
      bytes += size
      expireAt = Math.min(expireAt, expire_at)
    }
    await nextTurn()
  }
  await addShard()
  return added
}

const withFaces = <Faces>({ missing, known }: { missing: DriveFile[]; known: Map<string, Faces> }) =>
  missing.flatMap((file) => {
    const faces = known.get(file.id)
    return faces ? [{ ...file, faces }] : []
  })

/**
 * Shards of which every file is in a later one. Whoever finds one superfluous keeps the last shard of each of its files, so
 * several may do this at the same time and nothing is lost.
 */
function superfluous(shards: readonly Shard[]): string[] {
  const later = new Set<string>()
  return shards.toReversed().flatMap(({ shard_id, photos }) => {
    if (photos.fileIds.every((fileId) => later.has(fileId))) return [shard_id]
    for (const fileId of photos.fileIds) later.add(fileId)
    return []
  })
}

const toKey = ({ id, md5 }: DriveFile) => ({ file_id: id, md5 })
