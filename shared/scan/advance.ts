import type { FileEvent, Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { DriveFile } from '../drive/port.ts'
import { type AdvanceDeps, asListed, closeIfFull, groupCount, type RunningScan } from './end-scan.ts'
import { type LookUp, openGroup, toTask } from './open-group.ts'
import type { OpenGroup } from './recent.ts'
import { firstPlaces, isLast, placeAfter, placesInNext } from './window.ts'

/**
 * How a scan moves on: a file's event is appended, its token is taken on to the next file, and its group is closed if it
 * was the last.
 *
 * - The one delivery that adds the event takes the token on. Other first deliveries of the same task do nothing, so that
 *   repeated messages do not multiply.
 * - A redelivery cannot know how far the one before it came. It brings what the token brings, unless that has its event,
 *   and closes and ends what is full.
 * - What is lost for good, the reconciler brings.
 */
export interface MoveOptions {
  lookUp?: LookUp | undefined
  /** A redelivery, or what the reconciler does: somebody may have crashed here before. */
  again: boolean
  /** The token was taken on before the file was finished. */
  passedOn?: boolean
}

/** Appends the event of a task's file and moves the scan on. */
export async function recordFile(
  scan: RunningScan,
  task: Task,
  event: Unstored<FileEvent>,
  deps: AdvanceDeps,
  options: MoveOptions,
): Promise<void> {
  const added = await deps.store.scans.append(scan.scan_id, task.group, [event])
  if (added > 0 || options.again) await moveOn(scan, task, deps, options)
}

/** Takes the token of a recorded file on, and closes its group if it was the last. */
export async function moveOn(
  scan: RunningScan,
  task: Task,
  deps: AdvanceDeps,
  options: MoveOptions,
): Promise<void> {
  const { again, lookUp, passedOn = false } = options
  const group = await openGroup(scan, task.group, deps, lookUp)
  if (!group) return
  const place = placeOf(task, group)
  // The last file of a group is the last of its lane, unless others have overtaken it.
  const mayBeLast = again || passedOn || place === undefined || isLast(place, group.opening)
  await Promise.all([
    passedOn || passOn(scan, task, deps, options),
    mayBeLast && closeIfFull(scan, task.group, deps, { repair: again }),
  ])
  const next = task.group + 1
  // One token opens the next group ahead of the others, which would otherwise all look up its files at the same time.
  if (place === group.opening.waiting.length >> 1 && next < groupCount(scan)) {
    await bring(scan, next, [], deps, { lookUp, recorded: again ? 'stop' : 'none' })
  }
}

/** Publishes the next file for the token of this one. */
export async function passOn(
  scan: RunningScan,
  task: Task,
  deps: AdvanceDeps,
  { again, lookUp }: MoveOptions,
): Promise<void> {
  const group = await openGroup(scan, task.group, deps, lookUp)
  const place = group && placeOf(task, group)
  if (!group || place === undefined) return
  const after = placeAfter(place, group.opening)
  await bring(scan, task.group, [after], deps, { lookUp, recorded: again ? 'stop' : 'none' })
}

/**
 * Publishes the first files that are due from the start of a group, after all groups before it: as many as the window
 * allows. Returns how many there were.
 */
export async function bringFrom(
  scan: RunningScan,
  index: number,
  deps: AdvanceDeps,
  options: BringOptions,
): Promise<number> {
  if (index >= groupCount(scan)) return 0
  const group = await openGroup(scan, index, deps, options.lookUp)
  return group ? bring(scan, index, firstPlaces(group.opening), deps, options) : 0
}

interface BringOptions {
  lookUp?: LookUp | undefined
  /**
   * What happens to a token at a file that has its event: it is to `stop`, since the file's own task took it on; to
   * `pass`, since the token may be lost; or there are `none` such files, since nobody can have published them.
   */
  recorded: 'stop' | 'pass' | 'none'
  /** The files that are due in groups before this one are out. */
  from?: number
}

/**
 * Publishes the files at these places of a group. Tokens past its end go on to the next groups, through all in which no
 * file waits. Returns how many files were published.
 */
async function bring(
  scan: RunningScan,
  index: number,
  places: number[],
  deps: AdvanceDeps,
  options: BringOptions,
): Promise<number> {
  const { lookUp, recorded, from = 0 } = options
  const group = await openGroup(scan, index, deps, lookUp)
  if (!group) return 0
  const { files, opening } = group
  let reached = places
  let due: DriveFile[] = []
  if (recorded === 'none') {
    due = filesAt(reached, group)
  } else {
    const has = await deps.store.scans.recordedFiles(scan.scan_id, index)
    if (recorded === 'pass') reached = reached.map((place) => firstMissing(place, group, has))
    due = filesAt(reached, group).filter((file) => !has.has(file.id))
    if (has.size === files.length) await closeIfFull(scan, index, deps, { isFull: true, repair: true })
  }
  if (index < from) due = []
  await deps.queue.publish(due.map((file) => toTask(scan, index, file)))

  const next = index + 1
  if (reached.every((place) => place < opening.waiting.length)) return due.length
  // A token that finds no further group before the folder is listed stops here. Whoever lists the rest takes it on.
  const listed = next < groupCount(scan) ? scan : await asListed(scan, deps)
  if (next >= groupCount(listed)) return due.length
  const following = await openGroup(listed, next, deps, lookUp)
  const entering = following ? placesInNext(reached, opening, following.opening) : []
  if (entering.length === 0) return due.length
  return due.length + (await bring(listed, next, entering, deps, options))
}

/** The place of the task's file among those that wait; undefined if it does not. */
function placeOf(task: Task, { files, opening }: OpenGroup): number | undefined {
  const place = opening.waiting.findIndex((index) => files[index]?.id === task.file_id)
  return place < 0 ? undefined : place
}

const filesAt = (places: number[], { files, opening }: OpenGroup): DriveFile[] =>
  places.flatMap((place) => files[opening.waiting[place] ?? -1] ?? [])

function firstMissing(place: number, { files, opening }: OpenGroup, has: Set<string>): number {
  let at = place
  while (has.has(files[opening.waiting[at] ?? -1]?.id ?? '')) at = placeAfter(at, opening)
  return at
}
