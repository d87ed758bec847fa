import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Album } from '../../shared/contract/page-config.ts'

/** More entries would not help anyone choose; photos in folders left out are still found through their parents. */
const MAX_ALBUMS = 100
const MAX_DEPTH = 3

/**
 * The folders of a directory that is served as the Drive: the directory itself, then its folders by name, each parent
 * before its children. Skips names that start with a dot, and does not follow symlinks.
 */
export async function albums(photosDir: string): Promise<Album[]> {
  const found: Album[] = []

  async function add(path: string, depth: number): Promise<void> {
    if (found.length >= MAX_ALBUMS) return
    const album: Album = { name: path, link: `local:/${path}`, nested: false }
    found.push(album)
    const entries = await readdir(join(photosDir, path), { withFileTypes: true }).catch(() => [])
    const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    album.nested = below.length > 0
    if (depth === MAX_DEPTH) return
    for (const { name } of below.sort((a, b) => a.name.localeCompare(b.name))) {
      await add(path === '' ? name : `${path}/${name}`, depth + 1)
    }
  }

  await add('', 0)
  return found
}
