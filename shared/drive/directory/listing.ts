import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { AppError } from '../../contract/app-error.ts'
import { nextTurn } from '../../platform/turns.ts'
import { idOfPath } from '../ids.ts'
import type { DriveFile, ListOptions } from '../port.ts'
import { imageTypeOfFile } from './image-file.ts'
import { type Inside, isHidden, isMisread, isNotThere, resolveInside } from './path.ts'

/** Node has 4 threads for file system calls; a short queue keeps them busy without 20,000 open promises. */
const MAX_CONCURRENT_STATS = 16
/** Entries of a folder that are looked at in a turn, which takes about a millisecond. */
const SLICE = 250

/**
 * The images in `start` and, if `recursive`, in its subfolders. What is reached twice, through symlinks or a cycle of
 * them, is listed once. Skips hidden names, anything that is neither a file nor a folder, and subfolders that this
 * process may not read.
 */
export async function listFolder(root: string, start: Inside, options: ListOptions): Promise<DriveFile[]> {
  const files = new Map<string, { real: string; type: string }>()
  const folders = new Map([[start.path, start.real]])
  // Iterating over a Map includes what is added meanwhile.
  for (const [path, real] of folders) {
    options.signal?.throwIfAborted()
    const entries = await entriesOf(real)
    // Nobody can look into it, and its photos must not be missing in silence.
    if (!entries && isMisread(path)) files.set(path, { real, type: '' })
    for (const [index, entry] of (entries ?? []).entries()) {
      if (index % SLICE === SLICE - 1) await nextTurn()
      const found = await look(root, { path, real }, entry)
      if (found?.kind === 'folder' && options.recursive) folders.set(found.path, found.real)
      if (found?.kind === 'file') {
        const type = await imageTypeOfFile(found.real)
        if (type !== undefined) files.set(unused(found.path, files), { real: found.real, type })
      }
      if (files.size > options.maxFiles) throw tooMany(options.maxFiles)
    }
  }
  const limit = pLimit(MAX_CONCURRENT_STATS)
  const found = [...files]
  const described: DriveFile[] = []
  while (described.length < found.length) {
    options.signal?.throwIfAborted()
    const slice = found.slice(described.length, described.length + SLICE)
    described.push(...(await limit.map(slice, ([path, { real, type }]) => describe(path, real, type))))
  }
  return described
}

/** Absolute paths of `start` and, if `recursive`, of the folders below it that `listFolder` looks into. */
export async function foldersOf(root: string, start: Inside, recursive: boolean): Promise<string[]> {
  const folders = new Map([[start.path, start.real]])
  for (const [path, real] of recursive ? folders : []) {
    for (const entry of (await entriesOf(real)) ?? []) {
      if (!entry.isDirectory() && !entry.isSymbolicLink()) continue
      const found = await look(root, { path, real }, entry)
      if (found?.kind === 'folder') folders.set(found.path, found.real)
    }
  }
  return [...folders.values()]
}

/** Names that are not UTF-8 can look alike. */
function unused(path: string, files: ReadonlyMap<string, unknown>): string {
  return isMisread(path) && files.has(path) ? unused(`${path}\ufffd`, files) : path
}

/** undefined if this process may not or cannot read the folder. */
async function entriesOf(real: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(real, { withFileTypes: true })
  } catch (error) {
    if (isNotThere(error)) return undefined
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
 * A file that cannot be read (a name that is not UTF-8, a folder that may not be entered) is listed all the same: it
 * ends as an error that a person sees, instead of being silently skipped.
 */
async function describe(path: string, real: string, type: string): Promise<DriveFile> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const file: DriveFile = { id: idOfPath(path), name, mime_type: type }
  try {
    const { size, mtimeNs } = await stat(real, { bigint: true })
    return { ...file, size: Number(size), md5: fingerprint(size, mtimeNs) }
  } catch (error) {
    if (isNotThere(error)) return file
    throw error
  }
}

/**
 * Takes the place of Google's md5 of the content: md5 of size and modification time in nanoseconds, so that listing a
 * folder does not read every photo. A change to a file that alters neither goes unnoticed.
 */
function fingerprint(size: bigint, mtimeNs: bigint): string {
  return createHash('md5').update(`${size} ${mtimeNs}`).digest('hex')
}

function tooMany(maxFiles: number): AppError {
  return new AppError('too_many_files', `The folder has more than ${maxFiles} images.`)
}
