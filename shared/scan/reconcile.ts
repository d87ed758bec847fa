import type { Scan } from '../store/port.ts'
import { type AdvanceDeps, advance, groupCount, openGroup, recordFiles } from './advance.ts'
import { errorEvent } from './file-event.ts'
import { RUN_LIMIT, STALLED_AFTER } from './lifetime.ts'

/**
 * Repairs scans that have stalled: publishes their missing files again after `stalledAfter` milliseconds without
 * progress, and after 6 hours ends those files as errors. Returns how many scans it touched.
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
    const open = await scans.openGroups(scan.scan_id)
    if (isOverdue(scan)) await giveUp(scan, open, deps)
    else await republish(scan, open, deps)
    // If every group is closed, only the end is missing.
    await advance(scan, groupCount(scan) - 1, deps, { repair: true })
  }
  return due.length
}

async function republish(scan: Scan, open: number[], deps: AdvanceDeps): Promise<void> {
  const stillOpen = new Set(open)
  // A group has been opened, or should have been, once the group one window before it is closed.
  const due = open.filter((group) => group < scan.window || !stillOpen.has(group - scan.window))
  let missing = 0
  for (const group of due) {
    const published = await openGroup(scan, group, deps)
    if (published === 0) await advance(scan, group, deps, { repair: true })
    missing += published
  }
  deps.log.warn({ scan_id: scan.scan_id, missing }, 'scan stalled: published its missing files again')
}

async function giveUp(scan: Scan, open: number[], deps: AdvanceDeps): Promise<void> {
  // Last group first: closing a group opens a later one, which by then has nothing left to publish.
  for (const group of open.toReversed()) {
    const [files, recorded] = await Promise.all([
      deps.store.scans.groupFiles(scan.scan_id, group),
      deps.store.scans.recordedFiles(scan.scan_id, group),
    ])
    const missing = files.filter((file) => !recorded.has(file.id))
    const events = missing.map((file) =>
      errorEvent(
        { scan_id: scan.scan_id, file_id: file.id, file_name: file.name },
        'scan_timed_out',
        'The scan took longer than 6 hours; this file was not processed.',
      ),
    )
    await recordFiles(scan, group, events, deps)
  }
  deps.log.error({ scan_id: scan.scan_id }, 'scan exceeded 6 hours: ended its missing files as errors')
}
