import { setImmediate } from 'node:timers/promises'
import { END, type FileEvent, type Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { DriveFile } from '../drive/port.ts'
import type { Log } from '../platform/log.ts'
import type { TaskPublisher } from '../queue/port.ts'
import { GROUP_SIZE, type Scan, type ScanStore } from '../store/port.ts'
import { answerKnown, type KnownFacesLookup } from './known-faces.ts'
import { ENDED_LIFETIME } from './lifetime.ts'

export interface AdvanceDeps {
  store: { scans: ScanStore }
  queue: TaskPublisher
  log: Log
  now: () => number
  /** With it, files whose faces are known are answered when their group opens, without a task. */
  known?: KnownFacesLookup | undefined
}

export type RunningScan = Pick<
  Scan,
  'scan_id' | 'total_files' | 'window' | 'created_at' | 'engine_id' | 'targets'
>

export const groupCount = (scan: RunningScan) => Math.ceil(scan.total_files / GROUP_SIZE)

const groupSize = (scan: RunningScan, group: number) =>
  Math.min(GROUP_SIZE, scan.total_files - group * GROUP_SIZE)

/** Publishes the files of a group that have no event yet; answers how many. */
export async function openGroup(scan: RunningScan, group: number, deps: AdvanceDeps): Promise<number> {
  const { scans } = deps.store
  const [files, recorded] = await Promise.all([
    scans.groupFiles(scan.scan_id, group),
    scans.recordedFiles(scan.scan_id, group),
  ])
  const missing = files.filter((file) => !recorded.has(file.id)).map((file) => toTask(scan, group, file))
  // A folder that is wholly known goes on from group to group; others shall be answered in between.
  await setImmediate()
  const answered =
    deps.known && deps.now() < deps.known.until ? await answerKnown(scan, missing, deps.known) : new Map()
  await deps.queue.publish(missing.filter((task) => !answered.has(task.file_id)))
  if (answered.size > 0) await recordFiles(scan, group, [...answered.values()], deps)
  return missing.length
}

/** Appends the events of files of one group and moves the scan on. Events that are there already change nothing. */
export async function recordFiles(
  scan: RunningScan,
  group: number,
  events: Unstored<FileEvent>[],
  deps: AdvanceDeps,
): Promise<void> {
  const appended = await deps.store.scans.append(scan.scan_id, group, events)
  await advance(scan, group, { mend: appended < events.length }, deps)
}

/**
 * What follows from a file's event: a full group is closed, its closing opens the group one window further on, and
 * the closing of the last one ends the scan. Safe to repeat and to run in parallel; a crash between two steps is
 * mended by whoever runs it next, with `mend` set because the file was recorded before.
 */
export async function advance(
  scan: RunningScan,
  group: number,
  { mend }: { mend: boolean },
  deps: AdvanceDeps,
): Promise<void> {
  const { scans } = deps.store
  const recorded = await scans.countGroup(scan.scan_id, group)
  if (recorded < groupSize(scan, group)) return

  const closedNow = await scans.closeGroup(scan.scan_id, group)
  if (!closedNow && !mend) return
  const next = group + scan.window
  if (next < groupCount(scan)) {
    // The one who closed the group may have died before opening the next one: then that has no event yet.
    const open = closedNow || (await scans.countGroup(scan.scan_id, next)) === 0
    if (open) await openGroup(scan, next, deps)
  }
  if ((await scans.openGroups(scan.scan_id)).length === 0) await complete(scan, deps)
}

async function complete(scan: RunningScan, deps: AdvanceDeps): Promise<void> {
  const event = { type: 'completed', scan_id: scan.scan_id, event_id: END } as const
  const ended = await deps.store.scans.end(scan.scan_id, event, deps.now() + ENDED_LIFETIME)
  if (ended) logEnd(scan, deps, 'scan completed')
}

/** Google refused the token: the scan is over, what waits is dropped. */
export async function endAsTokenExpired(scan: RunningScan, deps: AdvanceDeps): Promise<void> {
  const event = {
    type: 'token_expired',
    scan_id: scan.scan_id,
    event_id: END,
    message: 'Google token expired. Please re-authenticate and restart the scan.',
  } as const
  const ended = await deps.store.scans.end(scan.scan_id, event, deps.now() + ENDED_LIFETIME)
  if (ended) logEnd(scan, deps, 'scan ended: access token expired')
  await deps.queue.purge(scan.scan_id)
}

function logEnd(scan: RunningScan, deps: AdvanceDeps, message: string): void {
  const seconds = Math.round((deps.now() - scan.created_at) / 100) / 10
  deps.log.info({ scan_id: scan.scan_id, total_files: scan.total_files, seconds }, message)
}

function toTask(scan: RunningScan, group: number, file: DriveFile): Task {
  return {
    scan_id: scan.scan_id,
    group,
    file_id: file.id,
    file_name: file.name,
    mime_type: file.mime_type,
    md5: file.md5,
    size: file.size,
    resource_key: file.resource_key,
  }
}
