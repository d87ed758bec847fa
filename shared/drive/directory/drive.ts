import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { AppError } from '../../contract/app-error.ts'
import { imageType } from '../../contract/image-types.ts'
import { pathOfId } from '../ids.ts'
import { parseLocalLink } from '../links.ts'
import type { Drive } from '../port.ts'
import { directoryDownloadUrl } from './download-url.ts'
import { listFolder } from './listing.ts'
import { isNotThere, resolveInside } from './path.ts'

/** Bytes. Larger photos are refused, because a photo is held in memory as a whole. */
const MAX_DOWNLOAD = 100 * 1024 * 1024
/** An access token that is treated as expired, for trying out that path. */
const EXPIRED = 'expired'
/** A FIFO must not block the open, and a symlink created after the check must not be followed. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** A file that is served to anyone who has its id. */
export interface DirectoryFile {
  /** Absolute, without symlinks. */
  path: string
  name: string
  mime_type: string
}

export interface DirectoryDrive extends Drive {
  /** The directory. */
  readonly root: string
  /** Locates an original. Rejects with `file_not_found` for anything but a visible image below the root. */
  open(fileId: string): Promise<DirectoryFile>
}

/**
 * A directory as a Drive; for its links see `parseLocalLink`. No id, link or symlink reaches anything outside `root`,
 * nor anything whose name starts with a dot.
 */
export function directoryDrive(options: { root: string; apiBaseUrl: string }): DirectoryDrive {
  const { root, apiBaseUrl } = options

  async function find(fileId: string): Promise<DirectoryFile> {
    const path = pathOfId(fileId)
    const file = path ? await resolveInside(root, path) : undefined
    const mimeType = file && imageType(file.path)
    if (!file || !mimeType) throw gone()
    return { path: file.real, name: file.path.slice(file.path.lastIndexOf('/') + 1), mime_type: mimeType }
  }

  return {
    root,
    parseLink: parseLocalLink,

    async checkAccess(accessToken) {
      checkToken(accessToken)
    },

    async listImages(folder, accessToken, listOptions) {
      checkToken(accessToken)
      const path = pathOfId(folder.id)
      const start = path === undefined ? undefined : await resolveInside(root, path)
      if (!start || !(await stat(start.real)).isDirectory()) {
        throw new AppError('folder_not_found', 'There is no such folder.')
      }
      return listFolder(root, start, listOptions)
    },

    async download(file, accessToken, signal) {
      checkToken(accessToken)
      const { path } = await find(file.id)
      const handle = await openRegular(path)
      try {
        const { size } = await handle.stat()
        if (size > MAX_DOWNLOAD) {
          throw new AppError('image_too_large', `The file is larger than ${MAX_DOWNLOAD / 2 ** 20} MB.`)
        }
        return await handle.readFile({ signal })
      } finally {
        await handle.close()
      }
    },

    downloadUrl: directoryDownloadUrl(apiBaseUrl),

    async open(fileId) {
      const file = await find(fileId)
      const handle = await openRegular(file.path)
      await handle.close()
      return file
    },
  }
}

function checkToken(accessToken: string): void {
  if (accessToken === '' || accessToken === EXPIRED) {
    throw new AppError('token_expired', 'The access token has expired. Please sign in again.')
  }
}

/** Treats devices, FIFOs and folders with an image's name as missing. */
async function openRegular(path: string): Promise<FileHandle> {
  try {
    const handle = await open(path, READ)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
  } catch (error) {
    if (!isNotThere(error)) throw error
  }
  throw gone()
}

function gone(): AppError {
  return new AppError('file_not_found', 'The file no longer exists.')
}
