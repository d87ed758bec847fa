import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { AppError } from '../../contract/app-error.ts'
import { imageType } from '../../contract/image-types.ts'
import { idOfPath } from '../ids.ts'
import type { DriveFile, ListOptions } from '../port.ts'
import { type Inside, isHidden, isNotThere, resolveInside } from './path.ts'

/** The file system has 4 threads by default; a few more in line keep them busy without 20,000 open promises. */
const STATS_AT_ONCE = 16

/**
 * The images in `start` and, when asked, in the folders below it. What is reached twice, by a symlink or a circle
 * of them, is listed once. Hidden names and what is neither a file nor a folder are passed over, as are folders
 * below `start` that this process may not read.
 */
export async function listFolder(root: string, start: Inside, options: ListOptions): Promise<DriveFile[]> {
  const files = new Map<string, string>()
  const folders = new Map([[start.path, start.real]])
  // A Map also walks over what is added on the way.
  for (const [path, real] of folders) {
    options.signal?.throwIfAborted()
    for (const entry of await entriesOf(real)) {
      const found = await look(root, { path, real }, entry)
      if (found?.kind === 'folder' && options.recursive) folders.set(found.path, found.real)
      if (found?.kind === 'file' && imageType(found.path)) files.set(found.path, found.real)
      if (files.size > options.maxFiles) throw tooMany(options.maxFiles)
    }
  }
  const limit = pLimit(STATS_AT_ONCE)
  return limit.map(files, ([path, real]) => {
    options.signal?.throwIfAborted()
    return describe(path, real)
  })
}

async function entriesOf(real: string): Promise<Dirent[]> {
  try {
    return await readdir(real, { withFileTypes: true })
  } catch (error) {
    if (isNotThere(error)) return []
    throw error
  }
}

interface Found extends Inside {
  kind: 'file' | 'folder' | 'other'
}

async function look(root: string, folder: Inside, entry: Dirent): Promise<Found | undefined> {
  if (isHidden(entry.name)) return undefined
  const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`
  if (!entry.isSymbolicLink()) return { path, real: join(folder.real, entry.name), kind: kindOf(entry) }
  const target = await resolveInside(root, path)
  if (!target) return undefined
  try {
    return { ...target, kind: kindOf(await stat(target.real)) }
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Found['kind'] {
  if (entry.isFile()) return 'file'
  return entry.isDirectory() ? 'folder' : 'other'
}

/**
 * A file that cannot be looked at (a name that is not UTF-8, a folder without the right to enter) is listed all
 * the same: it ends as an error that a person sees, instead of being passed over in silence.
 */
async function describe(path: string, real: string): Promise<DriveFile> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const file: DriveFile = { id: idOfPath(path), name, mime_type: imageType(name) ?? '' }
  try {
    const { size, mtimeNs } = await stat(real, { bigint: true })
    return { ...file, size: Number(size), md5: fingerprint(size, mtimeNs) }
  } catch (error) {
    if (isNotThere(error)) return file
    throw error
  }
}

/**
 * Stands where Google puts the md5 of the content: md5 of size and modification time in nanoseconds, so that
 * listing a folder does not read every photo. A file changed without either changing passes for unchanged.
 */
function fingerprint(size: bigint, mtimeNs: bigint): string {
  return createHash('md5').update(`${size} ${mtimeNs}`).digest('hex')
}

function tooMany(maxFiles: number): AppError {
  return new AppError('too_many_files', `The folder has more than ${maxFiles} images.`)
}
