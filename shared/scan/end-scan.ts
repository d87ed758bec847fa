import { END } from '../contract/events.ts'
import type { TaskPublisher } from '../queue/port.ts'
import { GROUP_SIZE, type Scan } from '../store/port.ts'
import { type AlbumIndexer, type AlbumScan, isAlbumScan } from './album-scan.ts'
import { indexFolder } from './folder-index/index-folder.ts'
import { ENDED_LIFETIME } from './lifetime.ts'
import { type SuggestDeps, suggest } from './second-look/suggest.ts'

export interface AdvanceDeps extends SuggestDeps {
  queue: TaskPublisher
  albums: AlbumIndexer
}

export type RunningScan = Pick<
  Scan,
  | 'scan_id'
  | 'folder'
  | 'total_files'
  | 'listing'
  | 'window'
  | 'created_at'
  | 'engine_id'
  | 'targets'
  | 'suggestions'
  | 'album'
>

/** How many groups of files there are. While further files are listed, only full ones. */
export const groupCount = ({ total_files, listing }: RunningScan): number =>
  Math[listing ? 'floor' : 'ceil'](total_files / GROUP_SIZE)

/** The scan as it is now, where it was read before all of its files were listed. */
export async function asListed(scan: RunningScan, { store }: AdvanceDeps): Promise<RunningScan> {
  return scan.listing ? ((await store.scans.get(scan.scan_id)) ?? scan) : scan
}

const groupSize = (scan: RunningScan, group: number) =>
  Math.min(GROUP_SIZE, scan.total_files - group * GROUP_SIZE)

/**
 * Closes a group whose files all have their event, and ends the scan with its last group. Several may call this at the
 * same time: of those that record the last files of a group, the last one finds it full.
 *
 * @param isFull all files of the group are known to have their event
 * @param repair whoever closed the group before may have crashed before ending the scan
 */
export async function closeIfFull(
  scan: RunningScan,
  group: number,
  deps: AdvanceDeps,
  { isFull = false, repair = false }: { isFull?: boolean; repair?: boolean } = {},
): Promise<void> {
  const { scans } = deps.store
  if (!isFull && (await scans.countGroup(scan.scan_id, group)) < groupSize(scan, group)) return
  const isFirst = await scans.closeGroup(scan.scan_id, group)
  if (isFirst && isAlbumScan(scan)) await publishGroup(scan, group, deps)
  if (isFirst || repair) await endIfClosed(scan, deps)
}

/** So that guests see an album grow. What fails here is made up for at the end. */
async function publishGroup(scan: AlbumScan, group: number, { albums, log }: AdvanceDeps): Promise<void> {
  await albums.publish(scan, group).catch((error: unknown) => {
    log.warn({ scan_id: scan.scan_id, group, err: error }, 'photos of an album will be published later')
  })
}

/** Ends the scan if all of its groups are closed. */
export async function endIfClosed(running: RunningScan, deps: AdvanceDeps): Promise<void> {
  const { scans } = deps.store
  if ((await scans.unclosedGroups(running.scan_id, 1)).length > 0) return
  const scan = await asListed(running, deps)
  if (isAlbumScan(scan)) {
    await deps.albums.publish(scan)
  } else {
    await indexFolder(scan, deps)
    await suggest(scan, deps)
  }
  const event = { type: 'completed', scan_id: scan.scan_id, event_id: END } as const
  const ended = await scans.end(scan.scan_id, event, deps.now() + ENDED_LIFETIME)
  deps.recent.forget(scan.scan_id)
  if (isAlbumScan(scan)) await deps.albums.ended(scan)
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
  deps.recent.forget(scan.scan_id)
  if (isAlbumScan(scan)) await deps.albums.ended(scan)
  if (ended) logEnd(scan, deps, 'scan ended: access token expired')
  await deps.queue.purge(scan.scan_id)
}

function logEnd(scan: RunningScan, { log, now }: AdvanceDeps, message: string): void {
  const seconds = Math.round((now() - scan.created_at) / 100) / 10
  log.info({ scan_id: scan.scan_id, total_files: scan.total_files, seconds }, message)
}
