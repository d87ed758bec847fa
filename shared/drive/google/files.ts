import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import { imageType } from '../../contract/image-types.ts'
import type { DriveFile, FolderRef } from '../port.ts'
import { GoogleFailure } from './failure.ts'
import type { Answer } from './http.ts'

/** A file, folder or shortcut as Drive describes it. */
export type GoogleFile = drive_v3.Schema$File

/** A folder to search; one in a shared drive is searched for there. */
export interface Folder extends FolderRef {
  drive_id?: string
}

export const FOLDER = 'application/vnd.google-apps.folder'
export const SHORTCUT = 'application/vnd.google-apps.shortcut'
/** What Drive says of a file whose uploader gave no type; some programs give HEIC none. */
const UNKNOWN_TYPE = 'application/octet-stream'
/** Begin with `image/` but are drawings, nobody's photo. Raw formats stay: better an error than not a word. */
const DRAWINGS = ['image/svg+xml', 'image/vnd.dwg', 'image/vnd.dxf', 'image/x-dwg']

export const FILE_FIELDS =
  'id,name,mimeType,md5Checksum,size,resourceKey,driveId,trashed,shortcutDetails(targetId,targetMimeType,targetResourceKey)'

/** Parameters of files.list for what a folder holds: images, shortcuts, and the folders in it when asked for. */
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

/** The page, unless Google says that it did not search everywhere: then the search is tried again. */
export function complete(page: Answer<drive_v3.Schema$FileList>): Answer<drive_v3.Schema$FileList> {
  if (page.data?.incompleteSearch) {
    const explanation = 'failed after retries: Google Drive could not search the whole folder'
    throw new GoogleFailure('backoff', 'drive_unavailable', explanation, { detail: 'incompleteSearch' })
  }
  return page
}

/** What a shortcut points at; undefined for anything else. */
export function targetOf({ shortcutDetails }: GoogleFile): FolderRef | undefined {
  if (!shortcutDetails?.targetId) return undefined
  return { id: shortcutDetails.targetId, ...key(shortcutDetails.targetResourceKey) }
}

export function asFolder({ id, driveId, resourceKey }: GoogleFile): Folder {
  return { id: id ?? '', ...key(resourceKey), ...(driveId && { drive_id: driveId }) }
}

/** The image; undefined for a file that is none. */
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

export function imageTypeOf(name: string, mimeType: string): string | undefined {
  if (mimeType === UNKNOWN_TYPE) return imageType(name)
  return mimeType.startsWith('image/') && !DRAWINGS.includes(mimeType) ? mimeType : undefined
}

function key(resourceKey: string | null | undefined): { resource_key?: string } {
  return resourceKey ? { resource_key: resourceKey } : {}
}
