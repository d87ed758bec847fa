import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach } from '@jest/globals'
import { type DirectoryDrive, directoryDrive } from '../../../../shared/drive/directory/drive.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import { signature } from '../../../signature.ts'

export interface ServedDirectory {
  /** Absolute, without symlinks. */
  root: string
  /** Beside the root, with a secret in it. */
  outside: string
  /** Serves the root. */
  drive: DirectoryDrive
  put(path: string, content?: string | Uint8Array): Promise<void>
  list(
    link?: string,
    options?: { recursive?: boolean; maxFiles?: number; token?: string },
  ): Promise<DriveFile[]>
}

/** A directory that is served as a Drive, a new one for every test of the file. */
export function servedDirectory(): ServedDirectory {
  const made: string[] = []
  const folder: ServedDirectory = {
    root: '',
    outside: '',
    drive: directoryDrive({ root: '', base: { apiBaseUrl: '' }, signature }),
    async put(path, content = path) {
      await mkdir(dirname(join(folder.root, path)), { recursive: true })
      await writeFile(join(folder.root, path), content)
    },
    list(link = 'local:/', { recursive = false, maxFiles = 1000, token = 'any' } = {}) {
      return folder.drive.listImages(folder.drive.parseLink(link), token, { recursive, maxFiles })
    },
  }
  beforeEach(async () => {
    const base = await realpath(await mkdtemp(join(tmpdir(), 'directory-drive-')))
    made.push(base)
    folder.root = join(base, 'photos')
    folder.outside = join(base, 'outside')
    await mkdir(folder.root)
    await mkdir(folder.outside)
    await writeFile(join(folder.outside, 'secret.jpg'), 'secret')
    folder.drive = directoryDrive({
      root: folder.root,
      base: { apiBaseUrl: 'http://localhost:8000/api/v1' },
      signature,
    })
  })
  afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))))
  return folder
}

export const namesOf = (files: DriveFile[]) => files.map((file) => file.name).sort()
export const fileOf = (id: string): DriveFile => ({ id, name: 'x.jpg', mime_type: 'image/jpeg' })
/** An id as `idOfPath` would make it, for any bytes. */
export const forgedId = (bytes: string | Buffer) => `local_${Buffer.from(bytes).toString('base64url')}`
