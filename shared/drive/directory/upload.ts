import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { AppError } from '../../contract/app-error.ts'
import { imageExtension } from '../../contract/image-types.ts'
import { writeAtomically } from '../../platform/atomic-write.ts'
import { isStoredId } from '../ids.ts'
import type { UploadDrive } from '../port.ts'
import type { ApiBase } from './download-url.ts'
import type { DirectoryFile } from './drive.ts'
import { isNotThere } from './path.ts'

/** Permissions: others get the files over HTTP. */
const PRIVATE = 0o600

/** Metadata stored beside the bytes. It is written last: without it the file does not exist. */
const Note = z.object({
  name: z.string(),
  mime_type: z.string(),
  size: z.int(),
  /** Name of the file with the bytes. */
  content: z.string().regex(/^stored_[\w-]{32}(\.\w+)?$/),
})

export interface DirectoryUpload extends UploadDrive {
  /** Where an uploaded file is. Rejects with `file_not_found`. */
  open(fileId: string): Promise<DirectoryFile>
}

/**
 * Uploads into a directory: a file's bytes as `<id>.<extension>`, then its metadata as `<id>.json`, each written
 * atomically. Anyone who can reach the API can read them, so they need not be made public. There are no folders.
 */
export function directoryUpload(options: { root: string; base: ApiBase }): DirectoryUpload {
  const root = resolve(options.root)
  const noteOf = (fileId: string) => join(root, `${fileId}.json`)

  async function read(fileId: string): Promise<z.infer<typeof Note> | undefined> {
    if (!isStoredId(fileId)) return undefined
    try {
      return Note.parse(JSON.parse(await readFile(noteOf(fileId), 'utf8')))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Not so where somebody has deleted the bytes alone: without them the note makes no file. */
  async function isWhole({ content, size }: z.infer<typeof Note>): Promise<boolean> {
    const found = await stat(join(root, content)).catch(() => undefined)
    return found?.size === size
  }

  return {
    reserveId: async () => `stored_${randomBytes(24).toString('base64url')}`,

    async upload(source, fileId, folderId, { replace = false } = {}) {
      if (folderId !== undefined) {
        throw new AppError(
          'folder_not_found',
          'Uploads are stored on this machine, where there are no folders: leave out folder_id and TARGET_FOLDER_ID.',
        )
      }
      if (!isStoredId(fileId)) throw gone()
      const before = await read(fileId)
      if (before && !replace && (await isWhole(before))) return
      const { name, mime_type, size } = source
      const content = fileId + imageExtension(mime_type)
      await writeAtomically(
        join(root, content),
        async (draft) => {
          await pipeline(
            source.open(0),
            createWriteStream(draft, { flags: 'wx', flush: true, mode: PRIVATE }),
          )
          const written = (await stat(draft)).size
          if (written !== size) throw new Error(`the file has ${written} bytes instead of ${size}`)
        },
        PRIVATE,
      )
      const note = JSON.stringify({ name, mime_type, size, content } satisfies z.infer<typeof Note>)
      await writeAtomically(noteOf(fileId), `${note}\n`, PRIVATE)
      if (before && before.content !== content) await rm(join(root, before.content), { force: true })
    },

    links(fileId) {
      const link = `${options.base.apiBaseUrl}/drive/files/${fileId}/content`
      return { drive_link: link, download_link: link }
    },

    async picture(fileId) {
      const note = await read(fileId)
      if (!note || !(await isWhole(note))) throw gone()
      const { name, mime_type, size, content } = note
      const path = join(root, content)
      const { mtimeMs } = await stat(path).catch(deleted)
      return {
        name,
        mime_type,
        size,
        version: `${size}-${mtimeMs}`,
        read: (signal) => readFile(path, { signal }).catch(deleted),
      }
    },

    async open(fileId) {
      const note = await read(fileId)
      if (!note) throw gone()
      return { path: join(root, note.content), name: note.name, mime_type: note.mime_type }
    },
  }
}

/** Meanwhile: a preview may have to wait for its turn. */
function deleted(error: unknown): never {
  throw isNotThere(error) ? gone() : error
}

function gone(): AppError {
  return new AppError('file_not_found', 'There is no such file.')
}
