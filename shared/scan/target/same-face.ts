import { AppError } from '../../contract/app-error.ts'
import { descriptorDistance } from '../../face/distance.ts'
import { nextTurn } from '../../platform/turns.ts'
import type { Scan } from '../../store/port.ts'
import { descriptorAt, type FoundFace, facesOf, foundFace, type MatchFacesDeps } from './match-face.ts'

/** Found photos whose faces are read at a time. */
const AT_ONCE = 200

/**
 * The photos of a scan that show the face which it found in one of them, that one first: the face is closer to it than to the
 * selfie, so that what the guest says about a stranger does not take their own photos away. Rejects with `file_not_found`
 * for a file that the scan did not find. Where faces are not cached, only that file is known.
 */
export async function photosOfSameFace(
  scan: Pick<Scan, 'scan_id' | 'album'>,
  fileId: string,
  { store, matchDistance }: MatchFacesDeps & { matchDistance: number },
): Promise<string[]> {
  const { scans, faces } = store
  const asked = await foundFace(scan, fileId, scans)
  if (!asked) throw new AppError('file_not_found', 'The scan found no such photo.')
  const known = (await facesOf(scan, [fileId], faces)).get(fileId)
  const descriptor = descriptorAt(known, asked.box)
  const same = new Set([fileId])
  if (!known || !descriptor) return [...same]

  let after: string | undefined
  do {
    const page =
      (await scans.events(scan.scan_id, { after, types: ['match', 'suggestion'], limit: AT_ONCE })) ?? []
    const found = page.filter((event): event is typeof event & FoundFace => 'box' in event)
    const others = found.filter(({ file_id }) => !same.has(file_id))
    const cached = await facesOf(
      scan,
      others.map(({ file_id }) => file_id),
      faces,
    )
    for (const { file_id, box, distance } of others) {
      const other = cached.get(file_id)
      const face = other?.engine_id === known.engine_id ? descriptorAt(other, box) : undefined
      if (face && descriptorDistance(descriptor, face) < Math.min(distance, matchDistance)) same.add(file_id)
    }
    after = page.length === AT_ONCE ? page.at(-1)?.event_id : undefined
    await nextTurn()
  } while (after !== undefined)
  return [...same]
}
