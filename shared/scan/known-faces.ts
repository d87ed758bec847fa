import type { FileEvent, Unstored } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { FaceKey, FaceStore, Scan } from '../store/port.ts'
import { type Judgement, matchEvent } from './file-event.ts'

export interface KnownFacesDeps extends Judgement {
  store: { faces: FaceStore }
}

/** What the group openings of one request or task may look up, see `AdvanceDeps.known`. */
export interface KnownFacesLookup extends KnownFacesDeps {
  /** Groups that open after this time are published whole, and the workers look up what is known. */
  until: number
}

export interface FaceCacheDeps extends KnownFacesDeps {
  /** How long the faces of a file are kept, in milliseconds; 0 keeps none. */
  keepFacesFor: number
  now: () => number
}

/** Allows lookups for the next `ms` milliseconds; undefined where nothing is kept. */
export function lookUpFor(ms: number, deps: FaceCacheDeps): KnownFacesLookup | undefined {
  if (deps.keepFacesFor === 0) return undefined
  return { store: deps.store, drive: deps.drive, matchDistance: deps.matchDistance, until: deps.now() + ms }
}

/**
 * Events of the tasks whose files were analysed before, by the same engine and with the same content. The tasks come
 * from the scanning user's own listing, so nobody learns of a file that their token did not list.
 */
export async function answerKnown(
  scan: Pick<Scan, 'engine_id' | 'targets'>,
  tasks: Task[],
  deps: KnownFacesDeps,
): Promise<Map<string, Unstored<FileEvent>>> {
  const { targets } = scan
  if (!targets) return new Map()
  const known = await deps.store.faces.get(tasks.flatMap((task) => faceKey(task, scan.engine_id)))
  return new Map(
    tasks.flatMap((task) => {
      const faces = known.get(task.file_id)
      return faces ? [[task.file_id, matchEvent(task, faces, targets, deps)]] : []
    }),
  )
}

/** Nothing for a file without a checksum: whether its content changed cannot be told. */
export function faceKey({ file_id, md5 }: Task, engine_id: string): FaceKey[] {
  return md5 === undefined ? [] : [{ file_id, md5, engine_id }]
}
