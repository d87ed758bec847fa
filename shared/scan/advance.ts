import { setImmediate } from 'node:timers/promises'
import { END, type FileEvent, type Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { DriveFile } from '../drive/port.ts'
import type { TaskPublisher } from '../queue/port.ts'
import { GROUP_SIZE, type Scan } from '../store/port.ts'
import type { KnownFiles } from './known-faces.ts'
import { ENDED_LIFETIME } from './lifetime.ts'
import { type SuggestDeps, suggest } from './suggest.ts'

export interface AdvanceDeps extends SuggestDeps {
  queue: TaskPublisher
  /** Milliseconds since 1970. */
  now: () => number
  /** Looks up files as their group opens. */
  knownFiles?: KnownFiles
}

export interface LookUpLimit {
  /** Milliseconds since 1970. Groups that open later are published whole: their workers look up what is known. */
  lookUpUntil?: number
}

export type RunningScan = Pick<
  Scan,
  'scan_id' | 'total_files' | 'window' | 'created_at' | 'engine_id' | 'targets' | 'suggestions'
>

export const groupCount = (scan: RunningScan) => Math.ceil(scan.total_files / GROUP_SIZE)

const groupSize = (scan: RunningScan, group: number) =>
  Math.min(GROUP_SIZE, scan.total_files - group * GROUP_SIZE)

/** Brings the files of a group that have no event yet on their way; returns how many there were. */
export async function openGroup(
  scan: RunningScan,
  group: number,
  deps: AdvanceDeps,
  limit: LookUpLimit = {},
): Promise<number> {
  const { missing, known } = await publishGroup(scan, group, deps, limit)
  if (known.length > 0) await recordFiles(scan, group, known, deps, limit)
  return missing
}

/** Appends the events of files of one group and moves the scan on. Events that are there already change nothing. */
export async function recordFiles(
  scan: RunningScan,
  group: number,
  events: Unstored<FileEvent>[],
  deps: AdvanceDeps,
  limit: LookUpLimit = {},
): Promise<void> {
  const appended = await deps.store.scans.append(scan.scan_id, group, events)
  await advance(scan, group, deps, { ...limit, repair: appended < events.length })
}

/**
 * Moves the scan on after a file's event: a full group is closed, its closing opens the group one window further on,
 * and the closing of the last group ends the scan. Where the cache knows every file of the group that was opened, that
 * group is full in turn, and so on to the first group that has to wait for its workers.
 *
 * Safe to repeat and to run in parallel. After a crash between two steps the next call with `repair` completes them.
 *
 * @param repair the event had been recorded before, so whoever recorded it may have crashed before moving on
 */
export async function advance(
  scan: RunningScan,
  group: number,
  deps: AdvanceDeps,
  { repair, ...limit }: LookUpLimit & { repair: boolean },
): Promise<void> {
  const { scans } = deps.store
  let full = await closeIfFull(scan, group, repair, deps)
  if (!full) return
  for (let current = group; full; ) {
    const next = current + scan.window
    if (next >= groupCount(scan)) break
    // Whoever closed the group may have crashed before opening the next one, which then has no event yet.
    if (full === 'closed before' && (await scans.countGroup(scan.scan_id, next)) > 0) break
    const { known } = await publishGroup(scan, next, deps, limit)
    if (known.length === 0) break
    const appended = await scans.append(scan.scan_id, next, known)
    full = await closeIfFull(scan, next, appended < known.length, deps)
    current = next
  }
  if ((await scans.openGroups(scan.scan_id)).length === 0) await complete(scan, deps)
}

/** Undefined when files are missing, or when another caller closed the group and, unless in `repair`, moves on. */
async function closeIfFull(
  scan: RunningScan,
  group: number,
  repair: boolean,
  { store: { scans } }: AdvanceDeps,
): Promise<'closed now' | 'closed before' | undefined> {
  const recorded = await scans.countGroup(scan.scan_id, group)
  if (recorded < groupSize(scan, group)) return undefined
  if (await scans.closeGroup(scan.scan_id, group)) return 'closed now'
  return repair ? 'closed before' : undefined
}

/** Publishes the missing files of a group except those that are known, whose events are still to be appended. */
async function publishGroup(
  scan: RunningScan,
  group: number,
  deps: AdvanceDeps,
  { lookUpUntil = 0 }: LookUpLimit,
): Promise<{ missing: number; known: Unstored<FileEvent>[] }> {
  const { scans } = deps.store
  const [files, recorded] = await Promise.all([
    scans.groupFiles(scan.scan_id, group),
    scans.recordedFiles(scan.scan_id, group),
  ])
  const missing = files.filter((file) => !recorded.has(file.id)).map((file) => toTask(scan, group, file))
  // A scan whose files are all known goes through every group at once; other requests get their turn in between.
  await setImmediate()
  let known = new Map<string, Unstored<FileEvent>>()
  if (deps.knownFiles && deps.now() < lookUpUntil) known = await deps.knownFiles.events(scan, missing)
  await deps.queue.publish(missing.filter((task) => !known.has(task.file_id)))
  return { missing: missing.length, known: [...known.values()] }
}

async function complete(scan: RunningScan, deps: AdvanceDeps): Promise<void> {
  await suggest(scan, deps)
  const event = { type: 'completed', scan_id: scan.scan_id, event_id: END } as const
  const ended = await deps.store.scans.end(scan.scan_id, event, deps.now() + ENDED_LIFETIME)
  if (ended) logEnd(scan, deps, 'scan completed')
}

/** Ends the scan because Google refused its token, and drops its waiting tasks. */
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

function logEnd(scan: RunningScan, { log, now }: AdvanceDeps, message: string): void {
  const seconds = Math.round((now() - scan.created_at) / 100) / 10
  log.info({ scan_id: scan.scan_id, total_files: scan.total_files, seconds }, message)
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
