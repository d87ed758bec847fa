import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

/** A visible file or folder below the root. */
export interface Inside {
  /** Absolute, without symlinks. */
  real: string
  /** Relative to the root, `/` between the names; empty for the root. */
  path: string
}

/** Codes of the file system for a path that does not exist or that this process may not use. */
const NOT_THERE = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENAMETOOLONG',
  'EINVAL',
  'ENXIO',
  'ERR_INVALID_ARG_VALUE',
])

/** Whether the error means that there is nothing to read; any other is a fault of the disk or the process. */
export function isNotThere(error: unknown): boolean {
  return NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')
}

/**
 * Resolves `path` below `root`, following symlinks. Undefined if nothing is there, or if the target is hidden or
 * outside the root: a symlink is a shortcut within the directory, never a way out of it.
 */
export async function resolveInside(root: string, path: string): Promise<Inside | undefined> {
  try {
    const realRoot = await realpath(root)
    const real = await realpath(join(realRoot, path))
    const below = relative(realRoot, real)
    if (isAbsolute(below) || below === '..' || below.startsWith(`..${sep}`)) return undefined
    const names = below.split(sep)
    return names.some(isHidden) ? undefined : { real, path: names.join('/') }
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

/** Whether a path that is not there may be one whose bytes are not UTF-8, which Node reads as replacement characters. */
export function isMisread(path: string): boolean {
  return path.includes('\ufffd')
}

export function isHidden(name: string): boolean {
  return name.startsWith('.')
}
