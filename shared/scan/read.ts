import { AppError } from '../contract/app-error.ts'
import { END, type MatchEvent, type SuggestionEvent } from '../contract/events.ts'
import type { MatchesResponse, ScanStatus } from '../contract/scan.ts'
import type { TaskPublisher } from '../queue/port.ts'
import type { ScanStore } from '../store/port.ts'
import { ENDED_LIFETIME } from './lifetime.ts'

/** Derived from the events; `unknown` for a scan that never existed, was erased, or ended more than an hour ago. */
export async function scanStatus(scanId: string, scans: ScanStore): Promise<ScanStatus> {
  const scan = await scans.get(scanId)
  if (!scan) return { scan_id: scanId, status: 'unknown' }
  if (scan.ended === 'completed') {
    const end = await scans.event(scanId, END)
    const stopped = end?.type === 'completed' && end.stopped
    return { scan_id: scanId, status: scan.ended, remaining: 0, ...(stopped && { stopped }) }
  }
  const recorded = await scans.countFiles(scanId)
  // Read once more while the folder is being listed: files that have been added since may be among those counted.
  const { total_files } = (scan.listing && (await scans.get(scanId))) || scan
  const remaining = total_files - recorded
  return { scan_id: scanId, status: scan.ended ?? 'running', remaining }
}

/** A page of matches, and of suggestions where they are wanted, oldest first. Rejects with `invalid_cursor` when `after` is not an event of this scan. */
export async function scanMatches(
  scanId: string,
  { after, limit, suggestions }: { after?: string | undefined; limit: number; suggestions: boolean },
  scans: ScanStore,
): Promise<MatchesResponse> {
  const events = await scans.events(scanId, {
    after,
    types: suggestions ? ['match', 'suggestion'] : ['match'],
    limit,
  })
  if (!events) throw new AppError('invalid_cursor', '`after` is not an event of this scan.')
  const last = events.at(-1)
  return {
    scan_id: scanId,
    matches: events.filter((event): event is MatchEvent => event.type === 'match'),
    ...(suggestions && {
      suggestions: events.filter((event): event is SuggestionEvent => event.type === 'suggestion'),
    }),
    next: last && events.length === limit ? last.event_id : null,
  }
}

/**
 * Ends the scan and keeps what was found. Whoever writes the end event first ends it, so a scan that has ended stays as it
 * is; tasks of one that has are acknowledged without work.
 */
export async function stopScan(
  scanId: string,
  { scans, queue, now = Date.now }: { scans: ScanStore; queue: TaskPublisher; now?: () => number },
): Promise<boolean> {
  const event = { type: 'completed', scan_id: scanId, event_id: END, stopped: true } as const
  const ended = await scans.end(scanId, event, now() + ENDED_LIFETIME)
  await queue.purge(scanId)
  return ended
}

/** Stops the scan and deletes all its data. */
export async function eraseScan(
  scanId: string,
  deps: { scans: ScanStore; queue: TaskPublisher },
): Promise<void> {
  await deps.scans.erase(scanId)
  await deps.queue.purge(scanId)
}
