import type { Client } from '../../../../../shared/client/client.ts'
import type { MatchEvent, SuggestionEvent } from '../../../../../shared/contract/events.ts'
import { hasCode } from '../../error-text.ts'
import { noFindings, withEvents } from '../results/findings.ts'
import { judge } from '../results/judge.ts'
import { changeSearch, forgetSearches, LIFETIME, loadVerdicts, type StoredScan } from './stored-searches.ts'

/** Brings what is stored of a search up to date with the server, where that can be reached. */
export async function asOfNow(search: StoredScan, client: Client, signal: AbortSignal): Promise<void> {
  const { scan_id, ended_at, found } = search
  try {
    const { status } = await client.status(scan_id, { signal })
    if (status === 'unknown') forgetSearches([scan_id])
    // It may have ended while this browser showed something else.
    else if (status !== 'running' && (ended_at === undefined || found === undefined)) {
      changeSearch(scan_id, {
        found: await countPhotos(search, client, signal),
        ended_at: ended_at ?? (await client.expiry(search, { signal })) - LIFETIME,
      })
    }
  } catch {}
}

/** Number of photos that the page would show as the guest's. */
async function countPhotos(search: StoredScan, client: Client, signal: AbortSignal): Promise<number> {
  let findings = noFindings(search.total_files)
  for (const scan of [...search.previous, search]) {
    const events: (MatchEvent | SuggestionEvent)[] = []
    try {
      for await (const event of client.findings(scan, { signal })) events.push(event)
    } catch (error) {
      if (!hasCode(error, 'scan_not_found')) throw error
    }
    findings = withEvents(findings, events, scan)
  }
  return judge(findings, loadVerdicts(search.scan_id)).photos.length
}
