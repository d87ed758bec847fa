import { hasCode } from '../contract/app-error.ts'
import type { UploadDrive, UploadSource } from '../drive/port.ts'
import { qrUrl } from './qr-url.ts'

export interface UploadDeps {
  drive: UploadDrive
  /** TARGET_FOLDER_ID. */
  folderId: string | undefined
  /** Public address up to and including the base path. */
  apiBaseUrl: string
  /** QR_TARGET. */
  qrTarget: QrTarget
}

/** Where `qr_url` leads: to the bytes of the file, or to the page that shows it. */
export type QrTarget = 'download' | 'page'

/** Where an uploaded file is. */
export interface UploadedFile {
  file_id: string
  drive_link: string
  download_link: string
  qr_url: string
  /** The page that shows the picture to whoever scans its code. */
  page_url: string
}

export interface ReservedUpload {
  /** The id that an earlier try reserved. */
  reserved: string | undefined
  /** Whether the bytes of a file that exists under this id are replaced. */
  replace: boolean
  /** Stores a new id. Resolves before anything is uploaded under it. */
  reserve(fileId: string): Promise<void>
}

/**
 * Uploads under an id that is stored before the bytes go out, so that a try that was cut short is repeated as the same
 * file. When the file of that id was deleted for good, it becomes a new file under a new id. Returns the id; rejects
 * as UploadDrive and `reserve` do.
 */
export async function uploadReserved(
  source: UploadSource,
  { drive, folderId }: Pick<UploadDeps, 'drive' | 'folderId'>,
  { reserved, replace, reserve }: ReservedUpload,
): Promise<string> {
  async function reserveNew(): Promise<string> {
    const fileId = await drive.reserveId()
    await reserve(fileId)
    return fileId
  }

  const fileId = reserved ?? (await reserveNew())
  try {
    await drive.upload(source, fileId, folderId, { replace })
    return fileId
  } catch (error) {
    if (!hasCode(error, 'file_not_found')) throw error
    const newId = await reserveNew()
    await drive.upload(source, newId, folderId)
    return newId
  }
}

/** Makes no call. */
export function linksOf(
  fileId: string,
  { drive, apiBaseUrl, qrTarget }: Pick<UploadDeps, 'drive' | 'apiBaseUrl' | 'qrTarget'>,
): UploadedFile {
  const { drive_link, download_link } = drive.links(fileId)
  const page_url = pageUrl(fileId, apiBaseUrl)
  const qr_url = qrUrl(apiBaseUrl, qrTarget === 'page' ? page_url : download_link)
  return { file_id: fileId, drive_link, download_link, qr_url, page_url }
}

/** The page is served beside the API. */
export const pageUrl = (fileId: string, apiBaseUrl: string): string =>
  new URL(`/p/${fileId}`, apiBaseUrl).href
