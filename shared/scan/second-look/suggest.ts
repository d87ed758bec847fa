import type { SuggestionEvent, Unstored } from '../../contract/events.ts'
import type { DriveFile } from '../../drive/port.ts'
import type { Log } from '../../platform/log.ts'
import { nextTurn } from '../../platform/turns.ts'
import type { FaceStore } from '../../store/faces-port.ts'
import { GROUP_SIZE, type Scan, type ScanStore } from '../../store/port.ts'
import { type MatchRule, suggestionEvent } from '../file-event.ts'
import { type FolderIndexDeps, folderIndex } from '../folder-index/folder-index.ts'
import { faceKey } from '../folder-index/known-faces.ts'
import { secondLook } from './second-look.ts'

export interface SuggestDeps extends MatchRule, FolderIndexDeps {
  store: FolderIndexDeps['store'] & { scans: ScanStore; faces: FaceStore }
  log: Log
}

/** Groups whose faces are read at a time. */
const GROUPS_AT_ONCE = 5

/**
 * Looks at all files of the scan once more and appends what that suggests, where it is wanted. To be called when every file
 * has its event, before the scan's end wipes the targets. Safe to repeat and to run in parallel: a file has one suggestion.
 *
 * Knows only files that the face cache has. A failure costs the suggestions and never the scan's end.
 */
export async function suggest(
  scan: Pick<Scan, 'scan_id' | 'folder' | 'total_files' | 'engine_id' | 'targets' | 'suggestions'>,
  deps: SuggestDeps,
): Promise<void> {
  const { scan_id, targets, suggestions } = scan
  if (!suggestions || !targets) return
  try {
    await deps.store.scans.appendSuggestions(scan_id, await lookAgain({ ...scan, targets }, deps))
  } catch (error) {
    deps.log.warn({ scan_id, err: error }, 'the second look failed: the scan ends without suggestions')
  }
}

async function lookAgain(
  scan: Pick<Scan, 'scan_id' | 'folder' | 'total_files' | 'engine_id'> & { targets: Float32Array },
  deps: SuggestDeps,
): Promise<Unstored<SuggestionEvent>[]> {
  const { store } = deps
  const look = secondLook(scan.targets, deps.matchDistance)
  const index = await folderIndex(scan, deps)
  const looked = new Map<string, DriveFile>()

  async function read(group: number) {
    const files = (await store.scans.group(scan.scan_id, group))?.files ?? []
    const missing = files.filter((file) => !index.has(file))
    const cached = await store.faces.get(missing.flatMap((file) => faceKey(toKey(file), scan.engine_id)))
    return { files, cached }
  }

  const groups = Array.from({ length: Math.ceil(scan.total_files / GROUP_SIZE) }, (_, group) => group)
  for (let first = 0; first < groups.length; first += GROUPS_AT_ONCE) {
    const pages = await Promise.all(groups.slice(first, first + GROUPS_AT_ONCE).map(read))
    for (const { files, cached } of pages) {
      for (const file of files) {
        const photo = index.get(file) ?? cached.get(file.id)
        if (photo === undefined || looked.has(file.id)) continue
        looked.set(file.id, file)
        look.add(file.id, photo)
      }
      await nextTurn()
    }
  }
  return (await look.suggestions()).map((suggestion) => {
    const { fileId: file_id } = suggestion
    const { name = '', resource_key } = looked.get(file_id) ?? {}
    const file = { scan_id: scan.scan_id, file_id, file_name: name, resource_key }
    return suggestionEvent(file, suggestion, deps)
  })
}

const toKey = ({ id, md5 }: DriveFile) => ({ file_id: id, md5 })
