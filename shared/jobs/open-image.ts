import { constants, createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../contract/app-error.ts'
import { SIGNATURE_BYTES } from '../contract/image-types.ts'
import type { UploadSource } from '../drive/port.ts'
import { checkedType, notFound, type OpenImage } from './named-image.ts'

export interface OpenImageOptions {
  /** Whether paths on this machine are read; in the cloud a job could name files of the function itself. */
  disk: boolean
  /** Replaces Google's address of Cloud Storage. */
  storageRoot?: string
}

/** Reads `gs://bucket/object`, by a library that is loaded with the first of them, and files on disk. */
export function imageOpener({ disk, storageRoot }: OpenImageOptions): OpenImage {
  let cloud: Promise<OpenImage> | undefined
  return async (path) => {
    if (path.startsWith('gs://')) {
      cloud ??= import('./cloud-object.ts').then((module) => module.openCloudObject(storageRoot))
      return (await cloud)(path)
    }
    if (!disk) throw new AppError('job_file_not_found', 'The path of an image must begin with gs:// here.')
    return openImageFile(path)
  }
}

/** An image on disk; see OpenImage. */
export async function openImageFile(path: string): Promise<UploadSource> {
  const { size, head } = await look(path)
  return {
    name: basename(path),
    mime_type: checkedType(size, head),
    size,
    open: (start) => createReadStream(path, { start }),
  }
}

async function look(path: string): Promise<{ size: number; head: Uint8Array }> {
  try {
    const handle = await open(path, READ)
    try {
      const stat = await handle.stat()
      if (!stat.isFile()) throw notFound('is not a file')
      const { bytesRead, buffer } = await handle.read(new Uint8Array(SIGNATURE_BYTES), { position: 0 })
      return { size: stat.size, head: buffer.subarray(0, bytesRead) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof AppError || code === undefined || !UNREADABLE.has(code)) throw error
    throw notFound(`cannot be read (${code})`, error)
  }
}

/** A FIFO must not block the open. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const UNREADABLE = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
  'ENXIO',
])
