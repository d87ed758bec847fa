import type { Client } from '../../../../../shared/client/client.ts'
import { local, write } from '../../browser/storage.ts'
import { hasCode } from '../../error-text.ts'
import { forgetSearches, keepSearches, readSearches, type StoredScan } from './stored-searches.ts'

/**
 * Searches that the guest has removed from the list. They can be brought back until the server is told; they are stored, so that it is
 * told by the next visit where the page is closed before.
 */
const removedSearches = () => readSearches('removed')
const save = (searches: StoredScan[]) => write(local, 'removed', searches.length > 0 ? searches : undefined)

export function setAside(searches: StoredScan[]): void {
  save([...removedSearches(), ...searches])
  forgetSearches(searches.map(({ scan_id }) => scan_id))
}

export function restoreSearches(searches: StoredScan[]): void {
  keepSearches(searches)
  const ids = new Set(searches.map(({ scan_id }) => scan_id))
  save(removedSearches().filter(({ scan_id }) => !ids.has(scan_id)))
}

/** Deletes the searches from the server. What it cannot be told now stays removed, until the next time. */
export async function eraseRemoved(client: Client): Promise<void> {
  for (const search of removedSearches()) {
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
