import { AppError } from '../../contract/app-error.ts'
import { type Box, fileEventId, type MatchEvent, suggestionEventId } from '../../contract/events.ts'
import type { TargetMatch } from '../../contract/scan.ts'
import { closestBox } from '../../face/box.ts'
import type { FaceEngine } from '../../face/port.ts'
import { albumFaceId } from '../../store/album-port.ts'
import type { FaceStore, LatestFaces } from '../../store/faces-port.ts'
import type { Scan, ScanStore } from '../../store/port.ts'
import { authorizedScan } from '../secrets/scan-key.ts'

export interface MatchFacesDeps {
  store: { scans: ScanStore; faces: FaceStore }
}

/** A photo that a scan showed to its user, and where in it the face is. */
export type FoundFace = Pick<MatchEvent, 'file_id' | 'box' | 'distance'>

/**
 * What the scan found of this file, as a match or a suggestion. Only its face may be asked about: the others in the photo
 * are not the user's.
 */
export async function foundFace(
  { scan_id }: Pick<Scan, 'scan_id'>,
  fileId: string,
  scans: ScanStore,
): Promise<FoundFace | undefined> {
  const events = [
    await scans.event(scan_id, fileEventId(fileId)),
    await scans.event(scan_id, suggestionEventId(fileId)),
  ]
  return events.find((event) => event?.type === 'match' || event?.type === 'suggestion') as
    | FoundFace
    | undefined
}

/** The cached faces of files of a scan, by file id. */
export async function facesOf(
  { album }: Pick<Scan, 'album'>,
  fileIds: string[],
  faces: FaceStore,
): Promise<Map<string, LatestFaces>> {
  const keyOf = (fileId: string) => (album ? albumFaceId(album.album_id, fileId) : fileId)
  const cached = await faces.latest(fileIds.map(keyOf))
  return new Map(
    fileIds.flatMap((fileId) => {
      const found = cached.get(keyOf(fileId))
      return found ? [[fileId, found]] : []
    }),
  )
}

/** The descriptor of the face in this place; undefined where none is any more, as in a photo that has changed. */
export const descriptorAt = (known: LatestFaces | undefined, box: Box): Float32Array | undefined =>
  closestBox(known?.faces ?? [], box)?.descriptor

/**
 * The descriptors of faces that earlier scans of the same user found, from the face cache. Rejects as `authorizedScan` does, with
 * `file_not_found` for a file that the scan did not find, and with `no_face` where its face is not cached any more.
 */
export async function describeMatches(
  matches: readonly TargetMatch[],
  { store, face }: MatchFacesDeps & { face: Pick<FaceEngine, 'id'> },
): Promise<Float32Array[]> {
  return Promise.all(
    matches.map(async ({ scan_id, scan_key, file_id }, index) => {
      const scan = await authorizedScan(store.scans, scan_id, scan_key)
      const found = await foundFace(scan, file_id, store.scans)
      if (!found)
        throw new AppError('file_not_found', `The scan of target_matches[${index}] found no such photo.`)
      const known = (await facesOf(scan, [file_id], store.faces)).get(file_id)
      const descriptor = known?.engine_id === face.id ? descriptorAt(known, found.box) : undefined
      if (!descriptor) {
        throw new AppError(
          'no_face',
          `The face of target_matches[${index}] is no longer known. Add a selfie instead.`,
        )
      }
      return descriptor
    }),
  )
}
