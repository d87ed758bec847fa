import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../../contract/app-error.ts'
import { imageType, imageTypeOfBytes, SIGNATURE_BYTES } from '../../contract/image-types.ts'
import { isNotThere } from './path.ts'

/** A FIFO must not block the open, and a symlink created after the check must not be followed. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)

/**
 * MIME type of an image by its name or, where the name is not an image's, by its content; undefined for any other file.
 *
 * @param path absolute, without symlinks
 */
export async function imageTypeOfFile(path: string): Promise<string | undefined> {
  const byName = imageType(path)
  if (byName !== undefined) return byName
  const handle = await openIfRegular(path)
  if (!handle) return undefined
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(SIGNATURE_BYTES), { position: 0 })
    return imageTypeOfBytes(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** Rejects with `file_not_found` for devices, FIFOs and folders with an image's name, as for what is not there. */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await openIfRegular(path)
  if (!handle) throw gone()
  return handle
}

async function openIfRegular(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, READ)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
  } catch (error) {
    if (!isNotThere(error)) throw error
  }
  return undefined
}

export function gone(): AppError {
  return new AppError('file_not_found', 'The file no longer exists.')
}
