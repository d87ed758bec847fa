import { AppError } from '../contract/app-error.ts'
import type { ScanStore } from '../store/port.ts'
import { STALLED_AFTER } from './lifetime.ts'

export interface AdmissionDeps {
  store: { scans: ScanStore }
  /** Milliseconds since 1970. */
  now: () => number
  /** No scan starts while more files than this wait: about what the workers do in an hour, since tokens live no longer. */
  maxBacklog: number
  /** Most scans that run at once. */
  maxRunning: number
  /** Most of these that were started from one network. */
  maxRunningOfNetwork: number
  /** The networks that scans were started from, by scan id, as far as this process started them. */
  startedFrom: Map<string, string>
}

/**
 * Rejects with `busy` while too many scans run or too many of their files wait, and with `too_many_scans` while too many
 * were started from this network.
 */
export async function admit(deps: AdmissionDeps, network?: string): Promise<void> {
  const running = await admitOneMore(deps, network)
  const { store, maxBacklog } = deps
  let backlog = running.reduce((files, scan) => files + scan.total_files, 0)
  for (const { scan_id } of running) {
    if (backlog <= maxBacklog) return
    backlog -= await store.scans.countFiles(scan_id)
  }
  if (backlog > maxBacklog) {
    throw new AppError(
      'busy',
      'Too many photos are waiting to be scanned. Please try again in a few minutes.',
    )
  }
}

/** The scans that run, for one that is about to. Rejects as `admit` does where there are too many of them. */
export async function admitOneMore(
  { store: { scans }, now, maxRunning, maxRunningOfNetwork, startedFrom }: AdmissionDeps,
  network: string | undefined,
) {
  const running = await scans.running(now() - STALLED_AFTER)
  const ids = new Set(running.map(({ scan_id }) => scan_id))
  for (const id of startedFrom.keys()) if (!ids.has(id)) startedFrom.delete(id)
  if (running.length >= maxRunning) {
    throw new AppError('busy', 'Too many searches are running. Please try again in a few minutes.')
  }
  const own = [...startedFrom.values()].filter((other) => other === network).length
  if (network !== undefined && own >= maxRunningOfNetwork) {
    throw new AppError(
      'too_many_scans',
      'Too many searches from your network are running. Please try again when one of them has ended.',
    )
  }
  return running
}
