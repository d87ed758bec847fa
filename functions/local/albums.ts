import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Album } from '../../shared/contract/page-config.ts'

/** A choice with more entries than this helps nobody; the folder above them holds their photos too. */
const MOST = 100
const DEPTH = 3

/**
 * The folders of a directory that is served as the Drive, itself first, then by name, a parent before what is in it.
 * Folders whose name starts with a dot are not served, symlinks not followed.
 */
export async function albums(photosDir: string): Promise<Album[]> {
  const found: Album[] = []

  async function add(path: string, depth: number): Promise<void> {
    if (found.length >= MOST) return
    const album: Album = { name: path, link: `local:/${path}`, nested: false }
    found.push(album)
    const entries = await readdir(join(photosDir, path), { withFileTypes: true }).catch(() => [])
    const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    album.nested = below.length > 0
    if (depth === DEPTH) return
    for (const { name } of below.sort((a, b) => a.name.localeCompare(b.name))) {
      await add(path === '' ? name : `${path}/${name}`, depth + 1)
    }
  }

  await add('', 0)
  return found
}
