import type { ScanEvent } from '../../shared/contract/events.ts'
import type { ScanStore } from '../../shared/store/port.ts'

/** Scans of which it is remembered whether everybody may see their events. */
const MAX_KNOWN = 1_000

/**
 * The events that a client without a scan may see: none of albums, whose folders are private and whose guests see what they
 * found alone. In the same order; one array gives one result, so that sockets share what is made of it.
 */
export function broadcastEvents(
  scans: Pick<ScanStore, 'get'>,
): (events: ScanEvent[]) => Promise<ScanEvent[]> {
  const known = new Map<string, boolean>()
  const selected = new WeakMap<ScanEvent[], Promise<ScanEvent[]>>()

  async function isPublic(scanId: string): Promise<boolean> {
    const before = known.get(scanId)
    if (before !== undefined) return before
    const scan = await scans.get(scanId)
    // The events of an album's search may be stored before the search itself.
    if (!scan) return false
    known.set(scanId, scan.album === undefined)
    for (const oldest of known.keys()) {
      if (known.size <= MAX_KNOWN) break
      known.delete(oldest)
    }
    return scan.album === undefined
  }

  async function select(events: ScanEvent[]): Promise<ScanEvent[]> {
    const scanIds = [...new Set(events.map(({ scan_id }) => scan_id))]
    const open = await Promise.all(scanIds.map(isPublic))
    if (!open.includes(false)) return events
    const shown = new Set(scanIds.filter((_, index) => open[index]))
    return events.filter(({ scan_id }) => shown.has(scan_id))
  }

  return (events) => {
    const selecting = selected.get(events) ?? select(events)
    selected.set(events, selecting)
    return selecting
  }
}
