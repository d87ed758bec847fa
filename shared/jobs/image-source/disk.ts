import { constants, createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../contract/app-error.ts'
import { imageFormatOfName } from '../../contract/image-formats.ts'
import { SIGNATURE_BYTES } from '../../contract/image-types.ts'
import { checkedType, type ImageSource, imageNotFound } from './port.ts'

export interface DiskImages extends ImageSource {
  /** Names of the images in a directory, sorted, without hidden files and subfolders. Rejects as readdir does. */
  names(dir: string): Promise<string[]>
}

/** Images at paths on this machine. */
export function diskImages(): DiskImages {
  return {
    async open(path) {
      const { size, head } = await readHead(path)
      return {
        name: basename(path),
        mime_type: checkedType(size, head),
        size,
        open: (start) => createReadStream(path, { start }),
      }
    },
    async names(dir) {
      const isImage = (name: string) => !name.startsWith('.') && imageFormatOfName(name)?.uploaded === true
      const names = (await readdir(dir)).filter(isImage).sort()
      const regular = await Promise.all(
        names.map(async (name) => (await stat(join(dir, name)).catch(() => undefined))?.isFile() === true),
      )
      return names.filter((_, index) => regular[index])
    },
  }
}

async function readHead(path: string): Promise<{ size: number; head: Uint8Array }> {
  try {
    const handle = await open(path, READ)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw imageNotFound('is not a file')
      const { bytesRead, buffer } = await handle.read(new Uint8Array(SIGNATURE_BYTES), { position: 0 })
      return { size: stats.size, head: buffer.subarray(0, bytesRead) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof AppError || code === undefined || !UNREADABLE.has(code)) throw error
    throw imageNotFound(`cannot be read (${code})`, error)
  }
}

/** Non-blocking, since opening a FIFO would otherwise wait for its writer. */
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
