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
/** Types of files that were uploaded without one, as some programs do with HEIC. */
const UNKNOWN_TYPES = [
  '',
  'application/octet-stream',
  'binary/octet-stream',
  'application/unknown',
  'application/x-unknown',
]
/** Types of what has no content of its own: documents, folders. */
const GOOGLE_TYPE = 'application/vnd.google-apps.'
/** `image/` types that are drawings, not photos. Raw photos are kept: an error is better than silence. */
const DRAWINGS = ['image/svg+xml', 'image/vnd.dwg', 'image/vnd.dxf', 'image/x-dwg']

export const FILE_FIELDS =
  'id,name,mimeType,md5Checksum,size,resourceKey,driveId,trashed,shortcutDetails(targetId,targetMimeType,targetResourceKey)'

/**
 * Parameters of files.list for all that is in a folder. What is an image is decided here: a search by type would leave
 * out those that Drive has no image's type for.
 */
export function searchIn({ id, drive_id }: Folder) {
  return {
    q: `'${escaped(id)}' in parents and trashed = false`,
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

/** The image that a file is by its type or its name; `unsure` where only the content tells; undefined if it is none. */
export function asImage(file: GoogleFile): DriveFile | 'unsure' | undefined {
  const type = imageTypeOf(file.name ?? '', file.mimeType ?? '')
  return type === 'unsure' || type === undefined ? type : describe(file, type)
}

export function describe(file: GoogleFile, mime_type: string): DriveFile {
  return {
    id: file.id ?? '',
    name: file.name ?? '',
    mime_type,
    ...(file.md5Checksum && { md5: file.md5Checksum }),
    ...(file.size && { size: Number(file.size) }),
    ...key(file.resourceKey),
  }
}

function imageTypeOf(name: string, mimeType: string): string | undefined {
  if (mimeType.startsWith(GOOGLE_TYPE) || DRAWINGS.includes(mimeType)) return undefined
  if (mimeType.startsWith('image/')) return mimeType
  // Such as application/jpeg and application/x-png.
  const type = imageType(name) ?? imageType(mimeType.replace(/^\w+\/(x-)?/, '.'))
  return type ?? (UNKNOWN_TYPES.includes(mimeType) ? 'unsure' : undefined)
}

function key(resourceKey: string | null | undefined): { resource_key?: string } {
  return resourceKey ? { resource_key: resourceKey } : {}
}
