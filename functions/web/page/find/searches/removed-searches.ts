import type { Client } from '../../../../../shared/client/client.ts'
import { local, write } from '../../browser/storage.ts'
import { hasCode } from '../../error-text.ts'
import { forgetSearches, keepSearches, readSearches, type StoredScan } from './stored-searches.ts'

/**
 * Searches that the guest has removed from the list. They can be brought back until the server is told; they are stored, so that it is
 * told by the next visit where the page is closed before.
 */
const removedSearches = (): RemovedSearch[] => readSearches('removed')
const save = (searches: RemovedSearch[]) =>
  write(local, 'removed', searches.length > 0 ? searches : undefined)

interface RemovedSearch extends StoredScan {
  /** Until when a tab offers to bring it back, in milliseconds since 1970. */
  undo_until?: number
}

const idsOf = (searches: StoredScan[]) => new Set(searches.map(({ scan_id }) => scan_id))

/** Until `undo_until`, no tab deletes them. */
export function setAside(searches: StoredScan[], undo_until: number): void {
  const ids = idsOf(searches)
  const others = removedSearches().filter(({ scan_id }) => !ids.has(scan_id))
  save([...others, ...searches.map((search) => ({ ...search, undo_until }))])
  forgetSearches([...ids])
}

export function restoreSearches(searches: StoredScan[]): void {
  keepSearches(searches)
  const ids = idsOf(searches)
  save(removedSearches().filter(({ scan_id }) => !ids.has(scan_id)))
}

/** Deletes the searches from the server that no tab offers to bring back. What it cannot be told now stays removed, until the next time. */
export async function eraseRemoved(client: Client): Promise<void> {
  for (const search of removedSearches()) {
    if ((search.undo_until ?? 0) > Date.now()) continue
    try {
      await eraseSearch(search, client)
      save(removedSearches().filter(({ scan_id }) => scan_id !== search.scan_id))
    } catch {}
  }
}

/** Deletes a search from the server, with the scans that it continues. */
export async function eraseSearch(search: StoredScan, client: Client): Promise<void> {
  for (const handle of [search, ...search.previous]) {
    await client.erase(handle).catch((error: unknown) => {
      if (!hasCode(error, 'scan_not_found')) throw error
    })
  }
}
