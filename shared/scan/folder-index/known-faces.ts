import type { FileEvent, Unstored } from '../../contract/events.ts'
import type { Task } from '../../contract/task.ts'
import type { FaceEngine } from '../../face/port.ts'
import { albumFaceId } from '../../store/album-port.ts'
import type { FaceKey, FaceStore, KnownFaces } from '../../store/faces-port.ts'
import type { Scan } from '../../store/port.ts'
import { type MatchRule, matchEvent } from '../file-event.ts'
import { type FolderIndexDeps, folderIndex } from './folder-index.ts'

export interface KnownFiles {
  /** The events of those tasks whose files need no analysis, by file id. */
  events(scan: SearchedScan, tasks: Task[]): Promise<Map<string, Unstored<FileEvent>>>
}

type SearchedScan = Pick<Scan, 'folder' | 'engine_id' | 'targets' | 'album'>

export interface KnownFilesDeps extends MatchRule, FolderIndexDeps {
  store: FolderIndexDeps['store'] & { faces: FaceStore }
  /** The engine of this process, where there is one. Faces of another, as of an earlier version, may be stored in another form. */
  face?: Pick<FaceEngine, 'id'>
}

/**
 * Looks tasks up in the index of their folder, and those that it does not have in the face cache: they know a file that was
 * analysed before by the same engine and with the same content. The tasks come from the scanning user's own listing, so an
 * event reveals no file that their token did not list.
 */
export function knownFiles(deps: KnownFilesDeps): KnownFiles {
  const cached = cachedFiles(deps)
  return {
    async events(scan, tasks) {
      if (!isReadable(scan, deps)) return new Map()
      if (scan.album) return cached.events(scan, tasks)
      const index = await folderIndex(scan, deps)
      const indexed = eventsOf(scan, tasks, (task) => index.get({ id: task.file_id, md5: task.md5 }), deps)
      const others = tasks.filter(({ file_id }) => !indexed.has(file_id))
      return others.length === 0 ? indexed : new Map([...indexed, ...(await cached.events(scan, others))])
    },
  }
}

/** The same for tasks that are not in the index. */
export function cachedFiles(deps: Omit<KnownFilesDeps, 'recent' | 'now'>): KnownFiles {
  return {
    async events(scan, tasks) {
      if (!isReadable(scan, deps)) return new Map()
      const keys = new Map(tasks.map((task) => [task.file_id, faceKeys(task, scan, deps)]))
      const known = await deps.store.faces.get([...keys.values()].flat())
      return eventsOf(scan, tasks, ({ file_id }) => known.get(keys.get(file_id)?.[0]?.file_id ?? ''), deps)
    },
  }
}

const isReadable = (
  { targets, engine_id, album }: SearchedScan,
  { face }: Pick<KnownFilesDeps, 'face'>,
): boolean =>
  targets !== undefined && (album ? face !== undefined : face === undefined || face.id === engine_id)

function eventsOf(
  { targets = new Float32Array() }: SearchedScan,
  tasks: Task[],
  find: (task: Task) => KnownFaces | undefined,
  rule: MatchRule,
): Map<string, Unstored<FileEvent>> {
  return new Map(
    tasks.flatMap((task) => {
      const found = find(task)
      return found ? [[task.file_id, matchEvent(task, found, targets, rule)]] : []
    }),
  )
}

/** Under what the faces of a task's file are cached; empty where they are not. */
export function faceKeys(
  task: Pick<Task, 'file_id' | 'md5'>,
  { album, engine_id }: Pick<Scan, 'album' | 'engine_id'>,
  { keepFacesFor, face }: Pick<KnownFilesDeps, 'keepFacesFor' | 'face'>,
): FaceKey[] {
  if (!album) return keepFacesFor > 0 ? faceKey(task, engine_id) : []
  if (!face) return []
  // An album's photos are listed again and again, so that a file without a checksum is analysed once.
  return [{ file_id: albumFaceId(album.album_id, task.file_id), md5: task.md5 ?? '', engine_id: face.id }]
}

/** Empty for a file without a checksum, since a change of its content would go unnoticed. */
export function faceKey({ file_id, md5 }: Pick<Task, 'file_id' | 'md5'>, engine_id: string): FaceKey[] {
  return md5 === undefined ? [] : [{ file_id, md5, engine_id }]
}
