import { AppError, hasCode } from '../contract/app-error.ts'
import { LISTED } from '../contract/events.ts'
import type { ListTask } from '../contract/task.ts'
import type { DriveFile } from '../drive/port.ts'
import type { Delivery } from '../queue/port.ts'
import { GROUP_SIZE, inGroups, type Listing, type Scan } from '../store/port.ts'
import { bringFrom } from './advance.ts'
import { type AdvanceDeps, endAsTokenExpired, endIfClosed, groupCount, type RunningScan } from './end-scan.ts'
import { knownFiles } from './folder-index/known-faces.ts'
import { MAX_LOOK_UP_TIME, type MatchDeps } from './match-file.ts'

/** Faults that pass: the task is delivered again. */
const TEMPORARY = ['busy', 'drive_unavailable']
/** Groups whose files are read at a time. */
const GROUPS_AT_ONCE = 10

/** The files of a folder, and why there are no more of them. */
interface Found {
  files: DriveFile[]
  refused?: AppError
}

export const listTask = (scan: RunningScan): ListTask => ({
  scan_id: scan.scan_id,
  group: groupCount(scan),
  list: true,
})

/**
 * Lists the folder of a scan once more, from the start, and adds the files that the scan does not have. What Google refuses, or
 * is beyond the limit, is left out, which the event says; what was known before is not. Rejects only where a redelivery helps.
 */
export async function listRest(task: ListTask, { attempt }: Delivery, deps: MatchDeps): Promise<void> {
  const { scans } = deps.store
  const scan = await scans.get(task.scan_id)
  if (!scan || scan.ended || !scan.access_token) return
  if (!scan.listing) {
    // The delivery before may have crashed behind the listing.
    if (attempt > 1) await bringListed(task, deps)
    return
  }
  const accessToken = deps.cipher.decrypt(scan.scan_id, scan.access_token)
  if (accessToken === undefined) return endAsTokenExpired(scan, deps)
  try {
    const found = await list(scan, scan.listing, accessToken, deps)
    const known = await filesBefore(scan, task.group, deps)
    const room = scan.listing.max_files - known.size
    const rest = found.files.filter(({ id }) => !known.has(id)).slice(0, room)
    if (await endListing(task, { ...found, files: rest }, deps)) await bringListed(task, deps)
  } catch (error) {
    if (!hasCode(error, 'token_expired')) throw error
    await endAsTokenExpired(scan, deps)
  }
}

/** Ends a listing that has failed too often: the scan goes on with the files that are known. */
export async function giveUpListing(task: ListTask, reason: AppError, deps: AdvanceDeps): Promise<void> {
  deps.log.error({ scan_id: task.scan_id, code: reason.code }, 'gave up listing the folder of a scan')
  const scan = await deps.store.scans.get(task.scan_id)
  const files = scan?.listing?.known ?? []
  if (await endListing(task, { files, refused: reason }, deps)) await bringListed(task, deps)
}

async function list(
  { folder, scan_id }: Scan,
  { recursive, max_files: maxFiles, known }: Listing,
  accessToken: string,
  { drive, log }: MatchDeps,
): Promise<Found> {
  const files: DriveFile[] = []
  try {
    const found = (file: DriveFile) => void files.push(file)
    return { files: await drive.listImages(folder, accessToken, { recursive, maxFiles, found }) }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'token_expired' || TEMPORARY.includes(error.code)) {
      throw error
    }
    log.warn({ scan_id, code: error.code, err: error.cause }, error.message)
    const found = new Set(files.map(({ id }) => id))
    return { files: [...files, ...known.filter(({ id }) => !found.has(id))], refused: error }
  }
}

/** Ids of the files in the groups before this one. */
async function filesBefore({ scan_id }: Scan, end: number, { store }: MatchDeps): Promise<Set<string>> {
  const known = new Set<string>()
  for (let first = 0; first < end; first += GROUPS_AT_ONCE) {
    const indices = Array.from({ length: Math.min(GROUPS_AT_ONCE, end - first) }, (_, index) => first + index)
    const groups = await Promise.all(indices.map((group) => store.scans.group(scan_id, group)))
    for (const { id } of groups.flatMap((group) => group?.files ?? [])) known.add(id)
  }
  return known
}

async function endListing(
  { scan_id, group }: ListTask,
  { files, refused }: Found,
  { store, recent, log }: AdvanceDeps,
): Promise<boolean> {
  const total_files = group * GROUP_SIZE + files.length
  const ended = await store.scans.endListing(scan_id, group, inGroups(files), {
    type: 'listed',
    scan_id,
    event_id: LISTED,
    total_files,
    ...(refused && { code: refused.code, error: refused.message }),
  })
  recent.forget(scan_id)
  if (ended) log.info({ scan_id, total_files, code: refused?.code }, 'the rest of the folder was listed')
  return ended
}

/**
 * Publishes the first of the files that have been added: with the tokens that have come to the end of the files before. The
 * others are still on their way, and find the new files when they come there.
 */
async function bringListed({ scan_id, group }: ListTask, deps: AdvanceDeps): Promise<void> {
  const scan = await deps.store.scans.get(scan_id)
  if (!scan || scan.ended) return
  const [unclosed] = await deps.store.scans.unclosedGroups(scan_id, 1)
  if (unclosed === undefined) return endIfClosed(scan, deps)
  const lookUp = { knownFiles: knownFiles(deps), until: deps.now() + MAX_LOOK_UP_TIME }
  await bringFrom(scan, Math.min(unclosed, group), deps, { lookUp, recorded: 'pass', from: group })
}
