import type { UploadDrive, UploadSource } from '../drive/port.ts'
import { qrUrl } from './qr-url.ts'

export interface UploadDeps {
  drive: UploadDrive
  /** TARGET_FOLDER_ID. */
  folderId: string | undefined
  /** Public address up to and including the base path. */
  apiBaseUrl: string
}

/** Where an uploaded file is. */
export interface UploadedFile {
  file_id: string
  drive_link: string
  download_link: string
  qr_url: string
}

/**
 * Uploads one file as a new one and makes it readable for anyone with the link. Rejects as UploadDrive does.
 *
 * @param folderId instead of TARGET_FOLDER_ID
 */
export async function uploadFile(
  source: UploadSource,
  deps: UploadDeps,
  folderId = deps.folderId,
): Promise<UploadedFile> {
  const fileId = await deps.drive.reserveId()
  await deps.drive.upload(source, fileId, folderId)
  return linksOf(fileId, deps)
}

/** Makes no call. */
export function linksOf(fileId: string, { drive, apiBaseUrl }: UploadDeps): UploadedFile {
  const { drive_link, download_link } = drive.links(fileId)
  return { file_id: fileId, drive_link, download_link, qr_url: qrUrl(apiBaseUrl, download_link) }
}
