import { randomBytes } from 'node:crypto'
import type { Album as AlbumResponse, CreateAlbumRequest, PatchAlbumRequest } from '../contract/album.ts'
import { AppError } from '../contract/app-error.ts'
import type { OrganiserDrive } from '../drive/port.ts'
import type { TaskPublisher } from '../queue/port.ts'
import { scanStatus } from '../scan/read.ts'
import { type Album, type AlbumPatch, albumFaceFolder, LONGEST_ALBUM } from '../store/album-port.ts'
import type { Store } from '../store/port.ts'
import { type AlbumIndexes, filesOf } from './album-index.ts'
import { hashCode } from './code.ts'

export interface AlbumsDeps {
  store: Pick<Store, 'albums' | 'scans' | 'faces'>
  queue: TaskPublisher
  organiser: Pick<OrganiserDrive, 'authorisation' | 'parseLink' | 'folderName'>
  albumIndexes: AlbumIndexes
  now: () => number
}

const DEFAULT_LIFETIME = 30 * 24 * 3_600_000
/** Files with errors that the organiser is shown. */
const MAX_ERRORS = 100

/** Rejects with `invalid_link`, `folder_not_found` and as `OrganiserDrive` does, and with `invalid_request` for its end. */
export async function createAlbum(request: CreateAlbumRequest, deps: AlbumsDeps): Promise<Album> {
  const { store, organiser, now } = deps
  const folder = organiser.parseLink(request.drive_link)
  const name = await organiser.folderName(folder)
  const album_id = randomBytes(16).toString('base64url')
  const created_at = now()
  await store.albums.create({
    album_id,
    title: request.title ?? (name?.slice(0, 200) || 'Photos'),
    folder,
    drive_link: request.drive_link,
    recursive: request.recursive,
    authorisation: organiser.authorisation,
    code_hash: request.code === undefined ? undefined : hashCode(album_id, request.code),
    created_at,
    until: endOf(request.until, created_at, now()) ?? created_at + DEFAULT_LIFETIME,
  })
  return anyAlbum(album_id, deps)
}

/** Rejects with `album_not_found`, `album_ended`, since nothing is left of its photos, and with `invalid_request` for its end. */
export async function patchAlbum(
  albumId: string,
  { title, code, until, closed }: PatchAlbumRequest,
  deps: AlbumsDeps,
): Promise<Album> {
  const { created_at, until: ends } = await anyAlbum(albumId, deps)
  if (ends <= deps.now()) throw new AppError('album_ended', 'This album has ended.')
  const patch: AlbumPatch = {}
  if (title !== undefined) patch.title = title
  if (code !== undefined) patch.code_hash = code === null ? undefined : hashCode(albumId, code)
  if (closed !== undefined) patch.closed = closed
  const end = endOf(until, created_at, deps.now())
  if (end !== undefined) patch.until = end
  return (await deps.store.albums.patch(albumId, patch)) ?? albumNotFound()
}

/**
 * Deletes the album with everything that was derived from its photos, and all searches in it. From the first moment on it is
 * not there for anybody. It is deleted last: what somebody who is interrupted has left, the sweep deletes.
 */
export async function eraseAlbum(
  albumId: string,
  deps: Pick<AlbumsDeps, 'store' | 'queue' | 'albumIndexes'>,
): Promise<void> {
  const { store, queue, albumIndexes } = deps
  const album = await store.albums.get(albumId)
  if (!album) albumNotFound()
  await store.albums.patch(albumId, { until: 0 })
  await store.scans.eraseAlbum(albumId)
  if (album.scan_id !== undefined) await queue.purge(album.scan_id)
  await store.faces.purge(albumFaceFolder(albumId))
  await store.albums.erase(albumId)
  albumIndexes.forget(albumId)
}

/** Deletes what was derived from the photos of albums that have ended. Returns how many those were. */
export async function sweepAlbums({
  store,
  albumIndexes,
}: Pick<AlbumsDeps, 'store' | 'albumIndexes'>): Promise<number> {
  const over = await store.albums.over()
  for (const albumId of over) {
    await store.scans.eraseAlbum(albumId)
    await store.faces.purge(albumFaceFolder(albumId))
  }
  // Last, as it is not done again for these.
  await store.albums.sweep(over)
  for (const albumId of over) albumIndexes.forget(albumId)
  return over.length
}

/** An album that guests may search. Rejects with `album_not_found`, `album_ended`, `album_closed`. */
export async function openAlbum(
  albumId: string,
  deps: Pick<AlbumsDeps, 'now'> & { store: Pick<Store, 'albums'> },
): Promise<Album> {
  const album = await anyAlbum(albumId, deps)
  if (album.until <= deps.now()) throw new AppError('album_ended', 'This album has ended.')
  if (album.closed) throw new AppError('album_closed', 'This album is closed at the moment.')
  return album
}

export async function anyAlbum(albumId: string, { store }: { store: Pick<Store, 'albums'> }): Promise<Album> {
  return (await store.albums.get(albumId)) ?? albumNotFound()
}

/** What guests see of an album. */
export async function forGuests(
  album: Album,
  { store, now }: Pick<AlbumsDeps, 'store' | 'now'>,
): Promise<AlbumResponse> {
  const { album_id, title, closed } = album
  if (album.until <= now()) throw new AppError('album_ended', 'This album has ended.')
  return {
    ...{ album_id, title, closed },
    photos: album.photos,
    index_version: album.version,
    indexing: (await indexing(album, { store })) !== null,
    needs_code: album.code_hash !== undefined,
    until: new Date(album.until).toISOString(),
  }
}

/** The same with what the organiser sees. */
export async function forOrganiser(
  album: Album,
  deps: Pick<AlbumsDeps, 'store' | 'albumIndexes' | 'now'>,
): Promise<AlbumResponse> {
  const { drive_link, recursive, authorisation, faces, failed, last_listed_at: listed } = album
  const [shown, searches, running, errors] = await Promise.all([
    forGuests(album, deps),
    deps.store.albums.countConsents(album.album_id),
    indexing(album, deps),
    failed > 0 ? errorsOf(album, deps.albumIndexes) : [],
  ])
  return {
    ...shown,
    organiser: {
      ...{ drive_link, recursive, authorisation, faces, failed, searches, errors },
      created_at: new Date(album.created_at).toISOString(),
      last_listed_at: listed === undefined ? null : new Date(listed).toISOString(),
      problem: album.problem ?? null,
      indexing: running,
    },
  }
}

async function indexing({ scan_id }: Album, { store }: Pick<AlbumsDeps, 'store'>) {
  if (scan_id === undefined) return null
  const [status, scan] = await Promise.all([scanStatus(scan_id, store.scans), store.scans.get(scan_id)])
  if (status.status !== 'running' || !scan) return null
  return { scan_id, total_files: scan.total_files, remaining: status.remaining }
}

async function errorsOf({ album_id, version }: Album, indexes: AlbumIndexes) {
  const files = [...filesOf(await indexes.read(album_id, version))].map(({ file }) => file)
  const failed = files.flatMap(({ id, name, error }) =>
    error ? [{ file_id: id, file_name: name, code: error.code, error: error.message }] : [],
  )
  return failed.slice(0, MAX_ERRORS)
}

function endOf(until: string | undefined, createdAt: number, now: number): number | undefined {
  if (until === undefined) return undefined
  const end = Date.parse(until)
  if (end <= now)
    throw new AppError('invalid_request', 'until: is in the past; DELETE ends an album at once.')
  if (end > createdAt + LONGEST_ALBUM)
    throw new AppError('invalid_request', 'until: an album lasts at most 180 days.')
  return end
}

export function albumNotFound(): never {
  throw new AppError('album_not_found', 'There is no such album.')
}
