import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

/** Something below the root that may be shown. */
export interface Inside {
  /** Absolute, without symlinks. */
  real: string
  /** Relative to the root, `/` between the names; empty for the root. */
  path: string
}

/** What the file system answers about a path that leads nowhere, or where this process may not go. */
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

/** Whether the error says that there is nothing to read; any other is a fault of the disk or the process. */
export function isNotThere(error: unknown): boolean {
  return NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')
}

/**
 * Follows every symlink of `path` below `root`. Undefined when nothing is there, when the end lies outside of the
 * root, and when it is hidden: a symlink is a shortcut to something in the same directory, never a way out of it.
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

export function isHidden(name: string): boolean {
  return name.startsWith('.')
}
