import { AppError } from '../../contract/app-error.ts'
import type { FileSignature } from '../file-signature.ts'
import { pathOfId } from '../ids.ts'
import { parseLocalLink } from '../links.ts'
import type { Drive } from '../port.ts'
import { type ApiBase, directoryDownloadUrl } from './download-url.ts'
import { findFolder } from './folder.ts'
import { gone, imageTypeOfFile, openRegular } from './image-file.ts'
import { listFolder } from './listing.ts'
import { isMisread, resolveInside } from './path.ts'

/** Bytes. Larger photos are refused, because a photo is held in memory as a whole. */
const MAX_DOWNLOAD = 100 * 1024 * 1024
/** An access token that is treated as expired, for trying out that path. */
const EXPIRED = 'expired'

/** A file to be served. */
export interface DirectoryFile {
  /** Absolute, without symlinks. */
  path: string
  name: string
  mime_type: string
}

export interface DirectoryDrive extends Drive {
  /** The directory. */
  readonly root: string
  /** Locates an original, whoever asks for it. Rejects with `file_not_found` for anything but a visible image below the root, and as `download`. */
  open(fileId: string): Promise<DirectoryFile>
}

export interface DirectoryDriveOptions {
  root: string
  base: ApiBase
  /** Of links to originals. */
  signature: FileSignature
}

/**
 * A directory as a Drive; for its links see `parseLocalLink`. No id, link or symlink reaches anything outside `root`,
 * nor anything whose name starts with a dot. What has a name that is not UTF-8 is listed, a folder as if it were a file, and
 * its download rejects with `invalid_file_name`.
 */
export function directoryDrive(options: DirectoryDriveOptions): DirectoryDrive {
  const { root, base, signature } = options

  async function find(fileId: string): Promise<DirectoryFile> {
    const path = pathOfId(fileId)
    const file = path ? await resolveInside(root, path) : undefined
    if (!file && path !== undefined && isMisread(path)) {
      throw new AppError(
        'invalid_file_name',
        'The file cannot be opened, because its name or that of its folder is not UTF-8. Please rename it.',
      )
    }
    const mimeType = file && (await imageTypeOfFile(file.real))
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
      return listFolder(root, await findFolder(root, folder), listOptions)
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

    downloadUrl: directoryDownloadUrl(base, signature),

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
