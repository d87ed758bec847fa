import { randomUUID } from 'node:crypto'
import type { SearchAlbumRequest, SearchAlbumResponse } from '../contract/album.ts'
import { END, type FileEvent, fileEventId, STARTED, type Unstored } from '../contract/events.ts'
import type { FaceEngine } from '../face/port.ts'
import { nextTurn } from '../platform/turns.ts'
import { errorEvent, matchEvent } from '../scan/file-event.ts'
import { ENDED_LIFETIME } from '../scan/lifetime.ts'
import { newScanKey } from '../scan/secrets/scan-key.ts'
import type { TokenCipher } from '../scan/secrets/token-cipher.ts'
import { describeTargets, type TargetFaces } from '../scan/target/target-face.ts'
import { type Album, type AlbumFile, type AlbumShard, latestEnd } from '../store/album-port.ts'
import type { Store } from '../store/port.ts'
import { type AlbumIndexes, filesOf } from './album-index.ts'
import { albumNotFound, openAlbum } from './albums.ts'
import { checkCode } from './code.ts'

export interface SearchDeps {
  store: Pick<Store, 'albums' | 'scans' | 'faces'>
  albumIndexes: AlbumIndexes
  face: FaceEngine
  cipher: TokenCipher
  matchDistance: number
  /** Where a guest downloads the original of a photo that their search found. */
  photoUrl(albumId: string, fileId: string, scanId: string): string
  now: () => number
}

/** Photos after which other requests get their turn: some 5 ms. */
const PHOTOS_AT_ONCE = 500

/**
 * Searches an album for a guest, and stores that as a scan that has ended. It keeps what was found and neither selfie nor
 * descriptor. Rejects with `album_not_found`, `album_ended`, `album_closed`, `album_code_wrong`, and as a selfie does.
 */
export async function searchAlbum(
  albumId: string,
  request: Omit<SearchAlbumRequest, keyof TargetFaces> & TargetFaces,
  deps: SearchDeps,
): Promise<SearchAlbumResponse> {
  const { store, now, face } = deps
  const album = await openAlbum(albumId, deps)
  checkCode(album, request.code)
  const targets = await describeTargets(request, deps)
  const index = await deps.albumIndexes.read(albumId, album.version)
  if (album.engine_id !== face.id) await store.albums.patch(albumId, { engine_id: face.id })

  const scanId = randomUUID()
  const files: Unstored<FileEvent>[] = []
  for (const { file, shard } of filesOf(index)) {
    if (file.version <= request.since) continue
    files.push(eventOf(file, shard, { album, scanId, targets, number: files.length + 1 }, deps))
    if (files.length % PHOTOS_AT_ONCE === 0) await nextTurn()
  }
  const { key, hash } = newScanKey()
  const about = { scan_id: scanId, total_files: files.length }
  await store.scans.createEnded(
    {
      ...about,
      folder: { id: `album:${albumId}` },
      engine_id: face.id,
      key_hash: hash,
      album: { album_id: albumId, keep_faces_until: latestEnd(album) },
      created_at: now(),
      expire_at: now() + ENDED_LIFETIME,
    },
    {
      started: { type: 'started', event_id: STARTED, ...about },
      files,
      end: { type: 'completed', scan_id: scanId, event_id: END },
    },
  )
  // False where the album was erased or ended meanwhile, and with it all searches that there were.
  if (!(await isThere(albumId, request, deps))) {
    await store.scans.erase(scanId)
    await openAlbum(albumId, deps)
    return albumNotFound()
  }
  return { message: 'Scan started', ...about, scan_key: key, index_version: index.version }
}

/** Keeps the consent, but once for a guest: a search of what came since is the same guest's. */
async function isThere(
  albumId: string,
  { consent, since }: Pick<SearchAlbumRequest, 'consent' | 'since'>,
  { store, now }: SearchDeps,
): Promise<boolean> {
  if (since > 0) return (await store.albums.get(albumId)) !== undefined
  return store.albums.addConsent(albumId, { wording: consent, at: now() })
}

interface Searching {
  album: Album
  scanId: string
  targets: Float32Array
  /** Of the photo among those that are searched, from 1. */
  number: number
}

/** What is not a match tells nothing of the album: neither the name of the file nor its id, which may open it on Drive. */
function eventOf(
  file: AlbumFile,
  shard: AlbumShard,
  { album, scanId, targets, number }: Searching,
  { face, matchDistance, photoUrl }: SearchDeps,
): Unstored<FileEvent> {
  const unnamed = { scan_id: scanId, file_id: String(number), file_name: '' }
  // Its message is a remedy for the organiser, and may name what guests need not know.
  if (file.error) return errorEvent(unnamed, file.error.code, 'This photo could not be searched.')
  const known = file.engine_id === face.id ? shard.faces.closest(file.id, file.md5 ?? '', targets) : undefined
  if (!known) return errorEvent(unnamed, 'busy', 'This photo is being analysed once more.')
  const named = { scan_id: scanId, file_id: file.id, file_name: file.name }
  const drive = { downloadUrl: () => photoUrl(album.album_id, file.id, scanId) }
  const event = matchEvent(named, known, targets, { drive, matchDistance })
  return event.type === 'match' ? event : { ...event, ...unnamed, event_id: fileEventId(unnamed.file_id) }
}
