import type { StartScanRequest } from '../../../../../shared/contract/scan.ts'
import { hasCode } from '../../error-text.ts'
import type { Photo } from '../photo.ts'

/** As many as the server takes. */
const MAX_FACES = 10

/** The faces that were found in these photos, as a request takes them beside the selfies: of too many, the last. */
export function withFaces(photos: Photo[]): Pick<StartScanRequest, 'target_matches'> {
  const target_matches = photos.slice(-MAX_FACES).map(({ scan: { scan_id, scan_key }, file_id }) => ({
    scan_id,
    scan_key,
    file_id,
  }))
  return target_matches.length > 0 ? { target_matches } : {}
}

/** Whether a request was refused because such a face is not known any more. */
export const isFaceGone = (error: unknown): boolean =>
  (['no_face', 'scan_not_found', 'file_not_found'] as const).some((code) => hasCode(error, code))
