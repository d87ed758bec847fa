import type { FileEvent, Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { FaceKey, FaceStore, Scan } from '../store/port.ts'
import { type MatchRule, matchEvent } from './file-event.ts'

export interface KnownFiles {
  /** The events of those tasks whose files need no analysis, by file id. */
  events(scan: Pick<Scan, 'engine_id' | 'targets'>, tasks: Task[]): Promise<Map<string, Unstored<FileEvent>>>
}

/**
 * Looks tasks up in the face cache: it knows a file that was analysed before by the same engine and with the same
 * content. The tasks come from the scanning user's own listing, so an event reveals no file that their token did not
 * list.
 *
 * @param keepFacesFor milliseconds; with 0 there is no cache and no file is known
 */
export function knownFiles(faces: FaceStore, rule: MatchRule, keepFacesFor: number): KnownFiles {
  return {
    async events({ engine_id, targets }, tasks) {
      if (keepFacesFor === 0 || !targets) return new Map()
      const known = await faces.get(tasks.flatMap((task) => faceKey(task, engine_id)))
      return new Map(
        tasks.flatMap((task) => {
          const found = known.get(task.file_id)
          return found ? [[task.file_id, matchEvent(task, found, targets, rule)]] : []
        }),
      )
    },
  }
}

/** Empty for a file without a checksum, since a change of its content would go unnoticed. */
export function faceKey({ file_id, md5 }: Pick<Task, 'file_id' | 'md5'>, engine_id: string): FaceKey[] {
  return md5 === undefined ? [] : [{ file_id, md5, engine_id }]
}
