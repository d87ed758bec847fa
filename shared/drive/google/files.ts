import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import { imageType } from '../../contract/image-types.ts'
import type { DriveFile, FolderRef } from '../port.ts'
import { GoogleFailure } from './failure.ts'
import type { Response } from './http.ts'

/** A file, folder or shortcut as Drive describes it. */
export type GoogleFile = drive_v3.Schema$File

/** A folder to search. If it is in a shared drive, only that drive is searched. */
export interface Folder extends FolderRef {
  drive_id?: string
}

export const FOLDER = 'application/vnd.google-apps.folder'
export const SHORTCUT = 'application/vnd.google-apps.shortcut'
/** Drive's type for a file that was uploaded without one, as some programs do with HEIC. */
const UNKNOWN_TYPE = 'application/octet-stream'
/** `image/` types that are drawings, not photos. Raw photos are kept: an error is better than silence. */
const DRAWINGS = ['image/svg+xml', 'image/vnd.dwg', 'image/vnd.dxf', 'image/x-dwg']

export const FILE_FIELDS =
  'id,name,mimeType,md5Checksum,size,resourceKey,driveId,trashed,shortcutDetails(targetId,targetMimeType,targetResourceKey)'

/** Parameters of files.list for a folder's images and shortcuts, and its subfolders if `recursive`. */
export function searchIn({ id, drive_id }: Folder, recursive: boolean) {
  const types = [
    "mimeType contains 'image/'",
    `mimeType = '${UNKNOWN_TYPE}'`,
    `mimeType = '${SHORTCUT}'`,
    ...(recursive ? [`mimeType = '${FOLDER}'`] : []),
  ]
  return {
    q: `'${escaped(id)}' in parents and trashed = false and (${types.join(' or ')})`,
    fields: `nextPageToken,incompleteSearch,files(${FILE_FIELDS})`,
    // Google's maximum.
    pageSize: 1000,
    supportsAllDrives: true,
    includeItemsFromAllDrives: true,
    ...(drive_id !== undefined && { corpora: 'drive', driveId: drive_id }),
  }
}

function escaped(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}

/** The page of results. Throws a failure that is retried if Google did not search the whole folder. */
export function complete(page: Response<drive_v3.Schema$FileList>): Response<drive_v3.Schema$FileList> {
  if (page.data?.incompleteSearch) throw new GoogleFailure('incompleteSearch', 'incompleteSearch')
  return page
}

/** The target of a shortcut; undefined for anything else. */
export function targetOf({ shortcutDetails }: GoogleFile): FolderRef | undefined {
  if (!shortcutDetails?.targetId) return undefined
  return { id: shortcutDetails.targetId, ...key(shortcutDetails.targetResourceKey) }
}

export function asFolder({ id, driveId, resourceKey }: GoogleFile): Folder {
  return { id: id ?? '', ...key(resourceKey), ...(driveId && { drive_id: driveId }) }
}

/** The file as an image; undefined if it is not one. */
export function asImage(file: GoogleFile): DriveFile | undefined {
  const name = file.name ?? ''
  const type = imageTypeOf(name, file.mimeType ?? '')
  if (type === undefined || !file.id) return undefined
  return {
    id: file.id,
    name,
    mime_type: type,
    ...(file.md5Checksum && { md5: file.md5Checksum }),
    ...(file.size && { size: Number(file.size) }),
    ...key(file.resourceKey),
  }
}

function imageTypeOf(name: string, mimeType: string): string | undefined {
  if (mimeType === UNKNOWN_TYPE) return imageType(name)
  return mimeType.startsWith('image/') && !DRAWINGS.includes(mimeType) ? mimeType : undefined
}

function key(resourceKey: string | null | undefined): { resource_key?: string } {
  return resourceKey ? { resource_key: resourceKey } : {}
}
