import { AppError, type ErrorCode } from '../contract/app-error.ts'
import type { Scan, ScannedAlbum } from '../store/port.ts'

/** A scan that indexes photos of an album. It has no target: its events only tell whether a photo has faces. */
export type AlbumScan = Pick<Scan, 'scan_id' | 'total_files'> & { album: ScannedAlbum }

/** Where the photos of such a scan go. */
export interface AlbumIndexer {
  /**
   * Adds what was found in the files of one group to the album, or of all groups with the files that failed. Safe to repeat and
   * to run in parallel.
   */
  publish(scan: AlbumScan, group?: number): Promise<void>
  /** Adds what is there of a group whose files are not all analysed, at most once in a few seconds. */
  show(scan: AlbumScan, group: number): Promise<void>
  /** Keeps the reason why the server may not read the album's folder any more. */
  stopped(scan: AlbumScan, reason: AppError): Promise<void>
  /** The scan has ended, one way or the other. */
  ended(scan: AlbumScan): Promise<void>
}

export const isAlbumScan = <S extends Pick<Scan, 'album'>>(scan: S): scan is S & { album: ScannedAlbum } =>
  scan.album !== undefined

/** Not about one file: no other of the folder can be read either. */
const ABOUT_AUTHORISATION: ErrorCode[] = [
  'token_expired',
  'uploader_not_authorized',
  'uploader_client_wrong',
  'uploader_scope_missing',
  'drive_api_disabled',
]

export const isAboutAuthorisation = (error: unknown): error is AppError =>
  error instanceof AppError && ABOUT_AUTHORISATION.includes(error.code)
