import { AppError } from '../contract/app-error.ts'
import type { Scan } from '../store/port.ts'
import { bringFrom } from './advance.ts'
import { type AdvanceDeps, closeIfFull, endIfClosed } from './end-scan.ts'
import { errorEvent } from './file-event.ts'
import { RUN_LIMIT, STALLED_AFTER } from './lifetime.ts'
import { giveUpListing, listTask } from './list-rest.ts'
import { openGroup } from './open-group.ts'

/**
 * Repairs scans that have stalled: publishes again, after `stalledAfter` milliseconds without progress, the files that
 * should be out, and after 6 hours ends the missing files as errors. Returns how many scans it touched.
 */
export async function reconcile(
  deps: AdvanceDeps,
  { stalledAfter = STALLED_AFTER }: { stalledAfter?: number } = {},
): Promise<number> {
  const { scans } = deps.store
  const isOverdue = (scan: Scan) => deps.now() - scan.created_at >= RUN_LIMIT
  // All running scans, since one that progresses slowly without ever stalling must also end before it expires.
  const running = await scans.stalled(deps.now() + 1)
  const due = running.filter((scan) => isOverdue(scan) || scan.last_progress_at < deps.now() - stalledAfter)
  for (const scan of due) {
    await scans.touch(scan.scan_id)
    if (scan.listing && !isOverdue(scan)) await deps.queue.publish([listTask(scan)])
    else if (scan.listing) {
      await giveUpListing(
        listTask(scan),
        new AppError('scan_timed_out', 'Listing took longer than 6 hours.'),
        deps,
      )
    }
    const unclosed = await scans.unclosedGroups(scan.scan_id)
    if (unclosed[0] === undefined) await endIfClosed(scan, deps)
    else if (isOverdue(scan)) await giveUp(scan, unclosed, deps)
    else await republish(scan, unclosed[0], deps)
  }
  return due.length
}

/** All tokens have left the groups before the first one that is not closed. */
async function republish(scan: Scan, firstUnclosed: number, deps: AdvanceDeps): Promise<void> {
  const published = await bringFrom(scan, firstUnclosed, deps, { recorded: 'pass' })
  deps.log.warn({ scan_id: scan.scan_id, published }, 'scan stalled: published its next files again')
}

async function giveUp(scan: Scan, unclosed: number[], deps: AdvanceDeps): Promise<void> {
  const { scans } = deps.store
  for (const group of unclosed) {
    // Opened without looking anything up, so that nobody else opens it with events.
    const open = await openGroup(scan, group, deps)
    const recorded = await scans.recordedFiles(scan.scan_id, group)
    const missing = (open?.files ?? []).filter((file) => !recorded.has(file.id))
    const events = missing.map((file) =>
      errorEvent(
        { scan_id: scan.scan_id, file_id: file.id, file_name: file.name },
        'scan_timed_out',
        'The scan took longer than 6 hours; this file was not processed.',
      ),
    )
    await scans.append(scan.scan_id, group, events)
    await closeIfFull(scan, group, deps, { isFull: true, repair: true })
  }
  deps.log.error({ scan_id: scan.scan_id }, 'scan exceeded 6 hours: ended its missing files as errors')
}
