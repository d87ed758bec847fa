import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import type { MethodOptions } from 'googleapis-common'
import pLimit from 'p-limit'
import { AppError, hasCode } from '../../contract/app-error.ts'
import type { DriveFile, FolderRef, ListOptions } from '../port.ts'
import type { Operation } from './failure.ts'
import {
  asFolder,
  asImage,
  complete,
  FILE_FIELDS,
  FOLDER,
  type Folder,
  type GoogleFile,
  SHORTCUT,
  searchIn,
  targetOf,
} from './files.ts'
import type { Answer } from './http.ts'

/** A call that answers with JSON, retried; made with the token of one caller. */
export type JsonCall = <T extends object>(
  operation: Operation,
  /** The item that the call is about. */
  item: FolderRef | undefined,
  send: (options: MethodOptions) => Promise<Answer<T>>,
) => Promise<T>

const CALLS_AT_ONCE = 8
/** Folders looked into for one listing. */
const MAX_FOLDERS = 10_000

const LISTING: Operation = {
  name: 'Listing the folder',
  notFound: {
    code: 'folder_not_found',
    message: 'The folder was not found, or is not shared with this account.',
  },
}

/**
 * The images of a folder, level by level: the folders of one level at the same time, then the shortcuts in them. A
 * folder further down that may not be read is passed over, like a shortcut to something gone or not shared. See
 * `Drive.listImages`.
 */
export async function listImages(
  drive: drive_v3.Drive,
  call: JsonCall,
  start: FolderRef,
  { recursive, maxFiles }: ListOptions,
): Promise<DriveFile[]> {
  const images = new Map<string, DriveFile>()
  const limit = pLimit(CALLS_AT_ONCE)

  function add(file: GoogleFile): void {
    const image = asImage(file)
    if (image) images.set(image.id, image)
    if (images.size > maxFiles) {
      throw new AppError('too_many_files', `The folder has more than ${maxFiles} images.`)
    }
  }

  /** Adds the images in a folder; answers with its shortcuts and folders. */
  async function search(folder: Folder): Promise<GoogleFile[]> {
    const others: GoogleFile[] = []
    let pageToken: string | undefined
    do {
      const params = { ...searchIn(folder, recursive), ...(pageToken && { pageToken }) }
      const page = await call(LISTING, folder, async (options) =>
        complete(await drive.files.list(params, options)),
      )
      for (const file of page.files ?? []) {
        if (file.mimeType === FOLDER || file.mimeType === SHORTCUT) others.push(file)
        else add(file)
      }
      pageToken = page.nextPageToken ?? undefined
    } while (pageToken)
    return others
  }

  async function follow(file: GoogleFile): Promise<GoogleFile | undefined> {
    const target = targetOf(file)
    if (!target) return file
    // Only what can be of use, since every target costs a call.
    const type = file.shortcutDetails?.targetMimeType
    if (type === FOLDER ? !recursive : !asImage({ ...file, mimeType: type ?? '' })) return undefined
    const found = await unlessRefused(lookUp(drive, call, target))
    return found?.trashed ? undefined : found
  }

  const first = await startFolder(drive, call, start)
  const seen = new Map([[first.id, first]])
  for (let level = [first]; level.length > 0; ) {
    const found = await limit.map(level, (folder) =>
      folder === first ? search(folder) : unlessRefused(search(folder)),
    )
    const targets = await limit.map(
      found.flatMap((others) => others ?? []),
      follow,
    )
    level = []
    for (const file of targets) {
      if (file?.mimeType !== FOLDER) {
        if (file) add(file)
        continue
      }
      const folder = asFolder(file)
      if (!seen.has(folder.id)) level.push(folder)
      seen.set(folder.id, folder)
    }
    if (seen.size > MAX_FOLDERS) {
      throw new AppError('too_many_files', `There are more than ${MAX_FOLDERS} folders below this one.`)
    }
  }
  return [...images.values()]
}

/** The folder that a link names, also by way of a shortcut. */
async function startFolder(drive: drive_v3.Drive, call: JsonCall, start: FolderRef): Promise<Folder> {
  const linked = await lookUp(drive, call, start)
  const target = targetOf(linked)
  const file = target ? await lookUp(drive, call, target) : linked
  if (file.mimeType !== FOLDER) {
    throw new AppError('folder_not_found', 'The link leads to a file, not to a folder.')
  }
  if (file.trashed) throw new AppError('folder_not_found', 'The folder is in the trash.')
  return asFolder(file)
}

/** Keeps the resource key it was found by. */
async function lookUp(drive: drive_v3.Drive, call: JsonCall, item: FolderRef): Promise<GoogleFile> {
  const params = { fileId: item.id, supportsAllDrives: true, fields: FILE_FIELDS }
  const file = await call(LISTING, item, (options) => drive.files.get(params, options))
  return { ...file, resourceKey: file.resourceKey ?? item.resource_key }
}

async function unlessRefused<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (hasCode(error, 'folder_not_found') || hasCode(error, 'drive_forbidden')) return undefined
    throw error
  }
}
