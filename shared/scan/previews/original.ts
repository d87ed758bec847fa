import { AppError } from '../../contract/app-error.ts'
import type { Drive, DriveFile, OrganiserDrive } from '../../drive/port.ts'
import type { Scan, ScanStore } from '../../store/port.ts'
import { isAboutAuthorisation } from '../album-scan.ts'
import { groupCount } from '../end-scan.ts'
import { foundFace } from '../target/match-face.ts'

export interface OriginalsDeps {
  store: { scans: ScanStore }
  drive: Pick<Drive, 'download'>
  organiser: Pick<OrganiserDrive, 'download'>
  /** A photo of an album, as far as that is open. */
  albumPhoto(albumId: string, fileId: string): Promise<DriveFile | undefined>
}

/** Groups of a scan that are read at a time. */
const GROUPS_AT_ONCE = 10

/**
 * The file of a photo that the scan found. Rejects with `file_not_found` for any other, and as `albumPhoto` does.
 */
export async function foundPhoto(
  scan: Scan,
  fileId: string,
  { store, albumPhoto }: Pick<OriginalsDeps, 'store' | 'albumPhoto'>,
): Promise<DriveFile> {
  const found = await foundFace(scan, fileId, store.scans)
  const file =
    found &&
    (scan.album ? await albumPhoto(scan.album.album_id, fileId) : await listedFile(scan, fileId, store.scans))
  if (!file) throw new AppError('file_not_found', 'This scan found no such photo.')
  return file
}

/** As it was listed: an old file opens only with its resource key. */
async function listedFile(scan: Scan, fileId: string, scans: ScanStore): Promise<DriveFile | undefined> {
  const groups = Array.from({ length: groupCount(scan) }, (_, group) => group)
  for (let first = 0; first < groups.length; first += GROUPS_AT_ONCE) {
    const read = groups.slice(first, first + GROUPS_AT_ONCE).map((group) => scans.group(scan.scan_id, group))
    for (const group of await Promise.all(read)) {
      const file = group?.files.find(({ id }) => id === fileId)
      if (file) return file
    }
  }
  return undefined
}

/**
 * The bytes of a photo: of an album with the organiser's right, of another folder with the guest's token. Rejects with
 * `token_expired` without one, and as the Drive does.
 */
export async function downloadOriginal(
  file: DriveFile,
  { album }: Pick<Scan, 'album'>,
  accessToken: string | undefined,
  { drive, organiser }: Pick<OriginalsDeps, 'drive' | 'organiser'>,
): Promise<Uint8Array> {
  if (album) return organiser.download(file).catch((error: unknown) => Promise.reject(forGuests(error)))
  if (!accessToken) {
    throw new AppError('token_expired', 'This photo is read with your access token. Please sign in again.')
  }
  return drive.download(file, accessToken)
}

/** What is wrong with the organiser's authorisation is for the organiser to know. */
function forGuests(error: unknown): unknown {
  return isAboutAuthorisation(error)
    ? new AppError(
        'drive_unavailable',
        'The photo cannot be read at the moment. Please tell whoever gave you the link.',
        { cause: error },
      )
    : error
}
