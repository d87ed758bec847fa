import pLimit from 'p-limit'
import { AppError, hasCode } from '../../contract/app-error.ts'
import { imageTypeOfBytes } from '../../contract/image-types.ts'
import type { DriveFile, FileRef, FolderRef, ListOptions } from '../port.ts'
import {
  asFolder,
  asImage,
  complete,
  describe,
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

/** The first bytes of a file, with retries and one caller's token. */
export type ReadHead = (file: FileRef) => Promise<Uint8Array>

const MAX_CONCURRENT_CALLS = 8
/** Folders searched for one listing. */
const MAX_FOLDERS = 10_000
/** Pages after the first of a folder that one listing reads, besides one for every ten images that it may have. */
const MAX_FURTHER_PAGES = 1_000

/**
 * The images of a folder, level by level: all folders of one level concurrently, then the shortcuts in them, and the files
 * that only their content shows to be images. Skips subfolders that the caller may not read and shortcuts whose target is
 * gone or not shared. See `Drive.listImages`.
 */
export async function listImages(
  { call, readHead }: { call: JsonCall; readHead: ReadHead },
  start: FolderRef,
  { recursive, maxFiles, found: tell }: ListOptions,
): Promise<DriveFile[]> {
  const images = new Map<string, DriveFile>()
  const limit = pLimit(MAX_CONCURRENT_CALLS)
  let furtherPages = MAX_FURTHER_PAGES + maxFiles / 10
  /** Folders, shortcuts and what may be an image, each of which costs a call. */
  let othersLeft = MAX_FOLDERS + maxFiles

  function add(image: DriveFile): void {
    if (!images.has(image.id)) {
      images.set(image.id, image)
      tell?.(image)
    }
    if (images.size > maxFiles) {
      throw new AppError('too_many_files', `The folder has more than ${maxFiles} images.`)
    }
  }

  /** Adds the images in a folder; returns its shortcuts, its subfolders and what may be an image. */
  async function search(folder: Folder): Promise<GoogleFile[]> {
    const others: GoogleFile[] = []
    const pageTokens = new Set<string>()
    let pageToken: string | undefined
    do {
      const params = { ...searchIn(folder), ...(pageToken && { pageToken }) }
      const page = await call('list', folder, async ({ files }, options) =>
        complete(await files.list(params, options)),
      )
      for (const file of page.files ?? []) {
        const image = asImage(file)
        if (image !== undefined && image !== 'unsure') add(image)
        else if (image || file.mimeType === SHORTCUT || (file.mimeType === FOLDER && recursive)) {
          if (--othersLeft < 0) {
            throw new AppError(
              'too_many_files',
              'There are too many folders and shortcuts below this folder.',
            )
          }
          others.push(file)
        }
      }
      pageToken = page.nextPageToken ?? undefined
      if (pageToken && (pageTokens.has(pageToken) || --furtherPages < 0)) {
        throw new AppError('drive_unavailable', 'Google Drive does not come to the end of this folder.')
      }
      if (pageToken) pageTokens.add(pageToken)
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

  const first = asFolder(await startFolder(call, start))
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
    const files: GoogleFile[] = []
    for (const file of targets) {
      if (file?.mimeType !== FOLDER) {
        if (file && !images.has(file.id ?? '')) files.push(file)
        continue
      }
      const folder = asFolder(file)
      if (!seen.has(folder.id)) level.push(folder)
      seen.set(folder.id, folder)
    }
    for (const image of await limit.map(files, (file) => identify(readHead, file))) if (image) add(image)
    if (seen.size > MAX_FOLDERS) {
      throw new AppError('too_many_files', `There are more than ${MAX_FOLDERS} folders below this one.`)
    }
  }
  return [...images.values()]
}

/** The image that the file is, undefined if it is none. One that may not be read counts: its event will tell why. */
async function identify(readHead: ReadHead, file: GoogleFile): Promise<DriveFile | undefined> {
  const image = asImage(file)
  if (image !== 'unsure') return image
  if (Number(file.size ?? 0) === 0) return undefined
  try {
    const type = imageTypeOfBytes(await readHead(asFolder(file)))
    return type === undefined ? undefined : describe(file, type)
  } catch (error) {
    if (hasCode(error, 'file_not_found')) return undefined
    if (hasCode(error, 'drive_forbidden') || hasCode(error, 'drive_quota_exceeded')) {
      return describe(file, file.mimeType ?? '')
    }
    throw error
  }
}

/** The folder that a link names, directly or through a shortcut. Rejects with `folder_not_found`. */
export async function startFolder(call: JsonCall, start: FolderRef): Promise<GoogleFile> {
  const linked = await lookUp(call, start)
  const target = targetOf(linked)
  const file = target ? await lookUp(call, target) : linked
  if (file.mimeType !== FOLDER) {
    throw new AppError('folder_not_found', 'The link is for a file, not for a folder.')
  }
  if (file.trashed) throw new AppError('folder_not_found', 'The folder is in the trash.')
  return file
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
