import { AppError } from '../contract/app-error.ts'
import type { ScanStore } from '../store/port.ts'
import { STALLED_AFTER } from './lifetime.ts'

export interface AdmissionDeps {
  store: { scans: ScanStore }
  /** Milliseconds since 1970. */
  now: () => number
  /** No scan starts while more files than this wait: about what the workers do in an hour, since tokens live no longer. */
  maxBacklog: number
}

/** Rejects with `busy` while too many files of running scans wait. */
export async function admit({ store: { scans }, now, maxBacklog }: AdmissionDeps): Promise<void> {
  const running = await scans.running(now() - STALLED_AFTER)
  let backlog = running.reduce((files, scan) => files + scan.total_files, 0)
  for (const { scan_id } of running) {
    if (backlog <= maxBacklog) return
    backlog -= await scans.countFiles(scan_id)
  }
  if (backlog > maxBacklog) {
    throw new AppError(
      'busy',
      'Too many photos are waiting to be scanned. Please try again in a few minutes.',
    )
  }
}
