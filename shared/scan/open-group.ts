import type { FileEvent, Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { DriveFile } from '../drive/port.ts'
import { nextTurn } from '../platform/turns.ts'
import type { Opening } from '../store/port.ts'
import { type AdvanceDeps, closeIfFull, type RunningScan } from './end-scan.ts'
import type { KnownFiles } from './folder-index/known-faces.ts'
import { STALLED_AFTER } from './lifetime.ts'
import type { OpenGroup } from './recent.ts'
import { shareOf } from './window.ts'

export interface LookUp {
  /** Looks up files as their group opens. */
  knownFiles: KnownFiles
  /** Milliseconds since 1970. Of groups that open later every file waits, and its worker looks it up. */
  until: number
}

/** Files that are looked up to see whether it is worth looking up all of their group. */
const PROBED = 8

/** The group, opened by this call or before; undefined when the scan is gone. */
export async function openGroup(
  scan: RunningScan,
  group: number,
  deps: AdvanceDeps,
  lookUp?: LookUp,
): Promise<OpenGroup | undefined> {
  const read = () => readOrOpen(scan, group, deps, lookUp)
  return deps.recent.group(scan.scan_id, group, read)
}

/**
 * Opening a group decides how many of its files may be out, and which of them wait for a worker. The files that the face
 * cache knows do not wait: their events are stored with the opening. So a task that finds the event of its file there
 * knows that another delivery of the same task recorded it, and takes or took its token on.
 */
async function readOrOpen(
  scan: RunningScan,
  group: number,
  deps: AdvanceDeps,
  lookUp: LookUp | undefined,
): Promise<OpenGroup | undefined> {
  const { scans } = deps.store
  const stored = await scans.group(scan.scan_id, group)
  if (!stored) return undefined
  const { files, opening: existing } = stored
  if (existing) return { files, opening: existing }
  // A scan whose files are all known goes through every group at once; other requests get their turn in between.
  await nextTurn()
  const tasks = files.map((file) => toTask(scan, group, file))
  const looked = lookUp !== undefined && deps.now() < lookUp.until
  const [known, running] = await Promise.all([
    looked ? knownAmong(scan, tasks, lookUp.knownFiles) : new Map<string, Unstored<FileEvent>>(),
    scans.running(deps.now() - STALLED_AFTER),
  ])
  const decided: Opening = {
    window: shareOf(scan.window, running.length),
    waiting: [...tasks.keys()].filter((index) => !known.has(files[index]?.id ?? '')),
    look_up: !looked || running.some((other) => isBeside(scan, other)),
  }
  const opening = await scans.open(scan.scan_id, group, decided, [...known.values()])
  if (!opening) return undefined
  if (opening.waiting.length === 0) await closeIfFull(scan, group, deps, { isFull: true })
  return { files, opening }
}

/** Where none of a few files is known, the others are taken for unknown. */
async function knownAmong(
  scan: RunningScan,
  tasks: Task[],
  knownFiles: KnownFiles,
): Promise<Map<string, Unstored<FileEvent>>> {
  const step = Math.ceil(tasks.length / PROBED)
  const probe = tasks.filter((_, index) => index % step === 0)
  const found = await knownFiles.events(scan, probe)
  if (found.size === 0 || step === 1) return found
  const others = await knownFiles.events(
    scan,
    tasks.filter((_, index) => index % step !== 0),
  )
  return new Map([...found, ...others])
}

const isBeside = (scan: RunningScan, other: { scan_id: string; folder_id: string }) =>
  other.scan_id !== scan.scan_id && other.folder_id === scan.folder.id

export function toTask(scan: RunningScan, group: number, file: DriveFile): Task {
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
