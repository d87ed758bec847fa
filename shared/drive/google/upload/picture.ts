import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import { AppError } from '../../../contract/app-error.ts'
import type { UploadedPicture } from '../../port.ts'
import { type As, asAccount } from '../authority.ts'
import { asImage } from '../files.ts'
import { organiserError } from '../organiser-refusals.ts'
import { type GoogleReads, googleReads } from '../reads.ts'
import { googleRetry } from '../retry.ts'
import type { GoogleUploadOptions } from './calls.ts'

/**
 * On every file that is uploaded. Private to this application, so nobody else can put it on a file of theirs; it stays when
 * another account uploads from then on.
 */
export const MARK = { uploadedBy: 'face-recon-drive' }

const FIELDS =
  'id,name,mimeType,md5Checksum,size,resourceKey,trashed,appProperties,ownedByMe,driveId,capabilities(canShare),permissions(type)'
/** Ids of Google have 19 characters and more. */
const ID = /^[\w-]{15,200}$/

/** Reads uploaded pictures for whoever has their link; see `UploadDrive`. */
export function googlePictures(options: GoogleUploadOptions): (fileId: string) => Promise<UploadedPicture> {
  const retried = googleRetry(options, (operation, failure) => organiserError('uploader', operation, failure))
  const reads = googleReads(options, retried)
  const as = asAccount(options.credentials)

  return async (fileId) => {
    if (!ID.test(fileId)) throw gone()
    const parameters = { fileId, supportsAllDrives: true, fields: FIELDS }
    const found = await reads.json(as)<drive_v3.Schema$File>(
      'download',
      { id: fileId },
      ({ files }, options) => files.get(parameters, options),
    )
    const file = asImage(found)
    if (typeof file !== 'object' || found.trashed || !isOurs(found) || !(await isPublic(reads, as, found)))
      throw gone()
    return {
      name: file.name,
      mime_type: file.mime_type,
      size: file.size ?? 0,
      version: file.md5 ?? '',
      read: (signal) => reads.download(as, file, signal),
    }
  }
}

/** Marked, or of a time before there were marks: the uploading account's own, or of a shared drive whose files it may share. */
function isOurs({ appProperties, ownedByMe, driveId, capabilities }: drive_v3.Schema$File): boolean {
  if (appProperties?.uploadedBy === MARK.uploadedBy) return true
  return ownedByMe === true || (driveId != null && capabilities?.canShare === true)
}

/** The owner may have withdrawn the link. Google tells that only to whoever may share the file. */
async function isPublic(reads: GoogleReads, as: As, file: drive_v3.Schema$File): Promise<boolean> {
  if (file.capabilities?.canShare !== true) return true
  const fileId = file.id ?? ''
  const parameters = { fileId, supportsAllDrives: true, fields: 'permissions(type)' }
  // Those of files in shared drives are not among a file's fields.
  const { permissions } = file.permissions
    ? file
    : await reads.json(as)<drive_v3.Schema$PermissionList>('download', { id: fileId }, (drive, options) =>
        drive.permissions.list(parameters, options),
      )
  return permissions?.some(({ type }) => type === 'anyone') ?? false
}

const gone = () => new AppError('file_not_found', 'There is no such picture any more.')
