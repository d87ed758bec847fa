import type { ScanHandle } from '../../../../shared/client/client.ts'
import { isStored, local, read, write } from '../browser/storage.ts'
import { isHandle } from '../find/searches/stored-searches.ts'
import type { Verdicts } from '../photos/verdicts/verdicts.ts'

/** Milliseconds for which the server keeps the results of a search. */
export const LIFETIME = 3_600_000

/** What a guest has found in an album, as the browser remembers it: searches, not photos, and no selfie. */
export interface StoredSearch {
  /** The search of the whole album, then those of photos that came later. */
  scans: ScanHandle[]
  /** When the whole album was searched, in milliseconds since 1970. */
  searched_at: number
  /** The album's `index_version` up to which photos were searched. */
  index_version: number
  /** What the guest said of the photos. */
  verdicts?: Verdicts
}

const keyOf = (albumId: string) => `album:${albumId}`

const isSearch = (value: unknown): value is StoredSearch =>
  isStored<StoredSearch>(value, { scans: 'object', searched_at: 'number', index_version: 'number' }) &&
  Array.isArray(value.scans) &&
  value.scans.every(isHandle)

/** What the server still has. */
export function loadSearch(albumId: string, now = Date.now()): StoredSearch | undefined {
  const stored = read(local, keyOf(albumId))
  const search = isSearch(stored) ? stored : undefined
  if (!search || now < search.searched_at + LIFETIME) return search
  saveSearch(albumId, undefined)
  return undefined
}

export const saveSearch = (albumId: string, search: StoredSearch | undefined) =>
  write(local, keyOf(albumId), search)
