import pLimit from 'p-limit'
import { AppError, hasCode } from '../../contract/app-error.ts'
import type { DriveFile, FolderRef, ListOptions } from '../port.ts'
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
import type { Send } from './http.ts'
import type { Operation } from './refusals.ts'

/** Makes a call that returns JSON, with retries and one caller's token. */
export type JsonCall = <T extends object>(
  operation: Operation,
  /** The item that the call is about. */
  item: FolderRef | undefined,
  send: Send<T>,
) => Promise<T>

const MAX_CONCURRENT_CALLS = 8
/** Folders searched for one listing. */
const MAX_FOLDERS = 10_000

/**
 * The images of a folder, level by level: all folders of one level concurrently, then the shortcuts in them. Skips
 * subfolders that the caller may not read and shortcuts whose target is gone or not shared. See `Drive.listImages`.
 */
export async function listImages(
  call: JsonCall,
  start: FolderRef,
  { recursive, maxFiles, found: tell }: ListOptions,
): Promise<DriveFile[]> {
  const images = new Map<string, DriveFile>()
  const limit = pLimit(MAX_CONCURRENT_CALLS)

  function add(file: GoogleFile): void {
    const image = asImage(file)
    if (image && !images.has(image.id)) {
      images.set(image.id, image)
      tell?.(image)
    }
    if (images.size > maxFiles) {
      throw new AppError('too_many_files', `The folder has more than ${maxFiles} images.`)
    }
  }

  /** Adds the images in a folder; returns its shortcuts and subfolders. */
  async function search(folder: Folder): Promise<GoogleFile[]> {
    const others: GoogleFile[] = []
    let pageToken: string | undefined
    do {
      const params = { ...searchIn(folder, recursive), ...(pageToken && { pageToken }) }
      const page = await call('list', folder, async ({ files }, options) =>
        complete(await files.list(params, options)),
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
    // Every target costs a call, so only those that can be an image or a folder to search are looked up.
    const type = file.shortcutDetails?.targetMimeType
    if (type === FOLDER ? !recursive : !asImage({ ...file, mimeType: type ?? '' })) return undefined
    const found = await skipIfRefused(lookUp(call, target))
    return found?.trashed ? undefined : found
  }

  const first = await startFolder(call, start)
  const seen = new Map([[first.id, first]])
  for (let level = [first]; level.length > 0; ) {
    const found = await limit.map(level, (folder) =>
      folder === first ? search(folder) : skipIfRefused(search(folder)),
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

/** The folder that a link names, directly or through a shortcut. */
async function startFolder(call: JsonCall, start: FolderRef): Promise<Folder> {
  const linked = await lookUp(call, start)
  const target = targetOf(linked)
  const file = target ? await lookUp(call, target) : linked
  if (file.mimeType !== FOLDER) {
    throw new AppError('folder_not_found', 'The link is for a file, not for a folder.')
  }
  if (file.trashed) throw new AppError('folder_not_found', 'The folder is in the trash.')
  return asFolder(file)
}

/** The item, with the resource key that was used to find it. */
async function lookUp(call: JsonCall, item: FolderRef): Promise<GoogleFile> {
  const params = { fileId: item.id, supportsAllDrives: true, fields: FILE_FIELDS }
  const file = await call('list', item, ({ files }, options) => files.get(params, options))
  return { ...file, resourceKey: file.resourceKey ?? item.resource_key }
}

/** undefined if the caller may not read it. */
async function skipIfRefused<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (hasCode(error, 'folder_not_found') || hasCode(error, 'drive_forbidden')) return undefined
    throw error
  }
}
