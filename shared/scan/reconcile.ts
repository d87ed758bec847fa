import type { Scan } from '../store/port.ts'
import { type AdvanceDeps, advance, groupCount, openGroup, recordFiles } from './advance.ts'
import { errorEvent } from './file-event.ts'
import { RUN_LIMIT, STALLED_AFTER } from './lifetime.ts'

/**
 * Mends scans that stopped: publishes again what is missing from scans without progress for `stalledAfter`
 * milliseconds, and after 6 hours ends what is still missing as errors. Answers how many scans it touched.
 */
export async function reconcile(
  deps: AdvanceDeps,
  { stalledAfter = STALLED_AFTER }: { stalledAfter?: number } = {},
): Promise<number> {
  const { scans } = deps.store
  const isTooLong = (scan: Scan) => deps.now() - scan.created_at >= RUN_LIMIT
  // A scan that is slow and never stands still has to end too, before it is forgotten.
  const running = await scans.stalled(deps.now() + 1)
  const due = running.filter((scan) => isTooLong(scan) || scan.last_progress_at < deps.now() - stalledAfter)
  for (const scan of due) {
    await scans.touch(scan.scan_id)
    const open = await scans.openGroups(scan.scan_id)
    if (isTooLong(scan)) await giveUp(scan, open, deps)
    else await republish(scan, open, deps)
    // With every group closed only the end is missing, or the next group's publication.
    await advance(scan, groupCount(scan) - 1, { mend: true }, deps)
  }
  return due.length
}

async function republish(scan: Scan, open: number[], deps: AdvanceDeps): Promise<void> {
  const stillOpen = new Set(open)
  // A group is in hand when the group one window before it is closed.
  const inHand = open.filter((group) => group < scan.window || !stillOpen.has(group - scan.window))
  let missing = 0
  for (const group of inHand) {
    const published = await openGroup(scan, group, deps)
    if (published === 0) await advance(scan, group, { mend: true }, deps)
    missing += published
  }
  deps.log.warn(
    { scan_id: scan.scan_id, missing },
    'scan without progress: its missing files were published again',
  )
}

async function giveUp(scan: Scan, open: number[], deps: AdvanceDeps): Promise<void> {
  // From the last one: closing a group opens a later one, and that has then nothing left to publish.
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
  deps.log.error({ scan_id: scan.scan_id }, 'scan ended after 6 hours: its missing files became errors')
}
