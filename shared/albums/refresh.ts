import { randomUUID } from 'node:crypto'
import { AppError, type ErrorCode } from '../contract/app-error.ts'
import { STARTED } from '../contract/events.ts'
import type { DriveFile, OrganiserDrive } from '../drive/port.ts'
import { bringFrom } from '../scan/advance.ts'
import type { AdvanceDeps } from '../scan/end-scan.ts'
import { RUNNING_LIFETIME } from '../scan/lifetime.ts'
import { newScanKey } from '../scan/secrets/scan-key.ts'
import { type Album, type AlbumFile, albumFaceId, latestEnd } from '../store/album-port.ts'
import { inGroups, type NewScan, type Store } from '../store/port.ts'
import { filesOf } from './album-index.ts'
import { type ChangeIndexDeps, changeIndex } from './change-index.ts'

export interface RefreshDeps extends AdvanceDeps, Pick<ChangeIndexDeps, 'albumIndexes'> {
  store: Pick<Store, 'scans' | 'faces' | 'indexes' | 'albums'>
  organiser: Pick<OrganiserDrive, 'listImages'>
  maxFiles: number
  /** The most files of a scan that are out at a time. */
  window: number
}

/** What may be different the next time. */
const TEMPORARY: ErrorCode[] = [
  'drive_unavailable',
  'drive_quota_exceeded',
  // Also where the whole folder is no longer shared.
  'drive_forbidden',
  'worker_failed',
  'scan_timed_out',
  'disk_full',
]
/** Milliseconds until a photo that failed for such a reason is tried again. */
const RETRY_AFTER = 3_600_000

/**
 * Brings an album up to date with its folder: removes the photos that are gone, and starts a scan that indexes what is new or has
 * changed, unless one is running. What keeps the server from reading the folder is kept as the album's problem. Resolves to false, without a
 * listing, while the album is being indexed.
 */
export async function refreshAlbum(albumId: string, deps: RefreshDeps): Promise<boolean> {
  const { store, now } = deps
  const album = await store.albums.get(albumId)
  if (!album || album.until <= now()) return true
  if (await isIndexing(album, deps)) return false
  const listed = await list(album, deps)
  await store.albums.patch(albumId, { last_listed_at: now(), problem: listed.problem, scan_id: undefined })
  if (listed.files) await update(album, listed.files, { isComplete: listed.problem === undefined }, deps)
  return true
}

/** All albums that guests may search, one after the other. Returns how many there are. */
export async function refreshAlbums(deps: RefreshDeps): Promise<number> {
  const albums = (await deps.store.albums.list()).filter(({ closed }) => !closed)
  for (const { album_id } of albums) {
    await refreshAlbum(album_id, deps).catch((error: unknown) => {
      deps.log.error({ album_id, err: error }, 'an album could not be brought up to date')
    })
  }
  return albums.length
}

async function isIndexing({ scan_id }: Album, { store }: RefreshDeps): Promise<boolean> {
  const scan = scan_id === undefined ? undefined : await store.scans.get(scan_id)
  return scan !== undefined && scan.ended === undefined
}

/** What could be listed. A folder with too many photos has the first of them. */
async function list(
  { folder, recursive, album_id }: Album,
  { organiser, maxFiles, log }: RefreshDeps,
): Promise<{ files?: DriveFile[]; problem?: Album['problem'] }> {
  const found: DriveFile[] = []
  try {
    return {
      files: await organiser.listImages(folder, { recursive, maxFiles, found: (file) => found.push(file) }),
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.warn({ album_id, code: error.code, err: error.cause }, error.message)
    const problem = { code: error.code, error: error.message }
    return error.code === 'too_many_files' ? { files: found.slice(0, maxFiles), problem } : { problem }
  }
}

async function update(
  album: Album,
  files: DriveFile[],
  { isComplete }: { isComplete: boolean },
  deps: RefreshDeps,
): Promise<void> {
  const { album_id } = album
  const index = await deps.albumIndexes.read(album_id, album.version)
  const known = new Map([...filesOf(index)].map(({ file }) => [file.id, file]))
  const listed = new Set(files.map(({ id }) => id))
  const gone = isComplete ? [...known.keys()].filter((id) => !listed.has(id)) : []
  if (gone.length > 0) {
    await changeIndex(album_id, { put: [], remove: gone }, deps)
    await deps.store.faces.remove(gone.map((id) => albumFaceId(album_id, id)))
  }
  const due = files.filter((file) => isDue(file, known.get(file.id), album, deps.now()))
  if (due.length > 0) await startIndexing(album, due, deps)
}

function isDue(file: DriveFile, known: AlbumFile | undefined, { engine_id }: Album, now: number): boolean {
  if (!known || known.md5 !== file.md5 || known.name !== file.name) return true
  if (known.error) return TEMPORARY.includes(known.error.code) && known.error.at < now - RETRY_AFTER
  return engine_id !== undefined && known.engine_id !== engine_id
}

async function startIndexing(album: Album, files: DriveFile[], deps: RefreshDeps): Promise<void> {
  const { store, now, log } = deps
  const createdAt = now()
  const scan: NewScan = {
    scan_id: randomUUID(),
    folder: album.folder,
    total_files: files.length,
    window: deps.window,
    targets: new Float32Array(),
    suggestions: false,
    // Whoever analyses a photo says by which engine.
    engine_id: '',
    // Nobody gets the key.
    key_hash: newScanKey().hash,
    access_token: undefined,
    album: { album_id: album.album_id, keep_faces_until: latestEnd(album) },
    created_at: createdAt,
    expire_at: createdAt + RUNNING_LIFETIME,
  }
  await store.scans.create(scan, inGroups(files), {
    type: 'started',
    scan_id: scan.scan_id,
    event_id: STARTED,
    total_files: files.length,
  })
  // Before anything is published: should this process end here, the reconciler goes on with the scan.
  const kept = await store.albums.patch(album.album_id, { scan_id: scan.scan_id })
  // The album was erased or ended while its folder was listed.
  if (!kept || kept.until <= now()) return store.scans.erase(scan.scan_id)
  await bringFrom(scan, 0, deps, { recorded: 'none' })
  log.info(
    { album_id: album.album_id, scan_id: scan.scan_id, total_files: files.length },
    'indexing photos of an album',
  )
}
