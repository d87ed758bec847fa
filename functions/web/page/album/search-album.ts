import type { Client, ScanHandle } from '../../../../shared/client/client.ts'
import { hasCode } from '../error-text.ts'
import { allMatches } from '../photos/all-matches.ts'
import { mergePhotos, type Photo, toPhoto } from '../photos/photo.ts'
import { withFaces } from '../photos/verdicts/with-faces.ts'
import { type SentSelfie, withSelfies } from '../selfie/send-selfies.ts'
import type { StoredSearch } from './stored.ts'

/** What a guest has agreed to, with what is needed to search for them again. */
export interface Consented {
  selfies: SentSelfie[]
  /** The wording of the box that they ticked. */
  consent: string
  code?: string
}

/** A search, and the photos whose faces it looks for as well. */
export interface GuestRequest extends Consented {
  also: Photo[]
  since: number
}

export interface Found {
  scan: ScanHandle
  found: Photo[]
  index_version: number
}

/** Searches the photos that are newer than `since`, and fetches what was found. */
export async function searchAlbum(
  albumId: string,
  { selfies, also, ...request }: GuestRequest,
  client: Client,
  signal: AbortSignal,
): Promise<Found> {
  const { scan_id, scan_key, index_version } = await withSelfies(selfies, (targets) =>
    client.albums.search(albumId, { ...request, ...targets, ...withFaces(also) }, { signal }),
  )
  const scan = { scan_id, scan_key }
  return { scan, found: await photosOf(albumId, scan, client, signal), index_version }
}

/** What earlier searches found, as far as the server still has it. */
export async function storedPhotos(
  albumId: string,
  { scans }: StoredSearch,
  client: Client,
  signal: AbortSignal,
): Promise<Photo[]> {
  let photos: Photo[] = []
  for (const scan of scans) photos = mergePhotos(photos, await photosOf(albumId, scan, client, signal))
  return photos
}

/** Deletes searches from the server; those that it no longer has are none. */
export async function eraseScans(scans: ScanHandle[], client: Client): Promise<void> {
  for (const scan of scans) {
    await client.erase(scan).catch((error: unknown) => {
      if (!hasCode(error, 'scan_not_found')) throw error
    })
  }
}

/** The same for searches that nothing depends on any more. What cannot be deleted now expires within the hour. */
export const forgetScans = (scans: ScanHandle[], client: Client): void =>
  void eraseScans(scans, client).catch(() => {})

const photosOf = async (albumId: string, scan: ScanHandle, client: Client, signal: AbortSignal) =>
  (await allMatches(scan, client, signal)).map((match) => ({ ...toPhoto(match, scan), album_id: albumId }))
