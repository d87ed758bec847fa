import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { UploadSource } from '../drive/port.ts'
import type { UploadStore } from '../store/uploads-port.ts'
import { linksOf, type UploadDeps, type UploadedFile, uploadReserved } from './upload-file.ts'

export interface UploadOnceDeps extends UploadDeps {
  uploads: UploadStore
  /** Name of the place that `drive` is. */
  uploadsTo: string
}

/**
 * Uploads the file and makes it readable for anyone with the link. The same content in the same folder stays one file with the
 * same links, whoever uploads it again, under whatever name, and also after a try that was cut short. Rejects as
 * UploadDrive does.
 *
 * @param folderId replaces TARGET_FOLDER_ID
 */
export async function uploadOnce(
  source: UploadSource,
  deps: UploadOnceDeps,
  folderId = deps.folderId,
): Promise<UploadedFile> {
  const { drive, uploads } = deps
  const destination = `${deps.uploadsTo} ${folderId ?? ''}`.trim()
  const content = { destination, sha256: await sha256Of(source) }
  const known = await uploads.get(content)
  const reserved = known ?? (await uploads.reserve(content, await drive.reserveId()))
  const fileId = await uploadReserved(
    source,
    { drive, folderId },
    { reserved, replace: false, reserve: (id) => uploads.replace(content, id) },
  )
  return linksOf(fileId, deps)
}

/** In hexadecimal. */
export async function sha256Of(source: UploadSource): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(source.open(0), hash)
  return hash.digest('hex')
}
