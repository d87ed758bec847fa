import type { Photo } from '../../photos/photo.ts'
import { asSaid, isHidden, type Verdicts } from '../../photos/verdicts/verdicts.ts'
import type { Findings } from './findings.ts'

/** Where the photos of a search belong, by what the guest said of them. */
export interface Judged {
  /** Matches that are not doubted, and what the guest confirmed. */
  photos: Photo[]
  /** What the guest is to look at. */
  maybe: Photo[]
  /** File ids of the matches that they turned down. */
  hidden: string[]
  /** The same of what they were to look at. */
  refused: string[]
  /** What they confirmed of that. */
  confirmed: string[]
}

/** Matches keep their order. What is confirmed comes after them, so that no photo moves another one. */
export function judge({ photos, suggestions }: Findings, verdicts: Verdicts): Judged {
  const doubted = new Set(suggestions.map(({ file_id }) => file_id))
  const certain = photos.filter(({ file_id }) => !doubted.has(file_id))
  const confirmed = suggestions.filter(({ file_id }) => verdicts[file_id] === 'me')
  return {
    photos: [...certain.filter((photo) => !isHidden(verdicts, photo)), ...confirmed].map((photo) =>
      asSaid(photo, verdicts),
    ),
    maybe: suggestions.filter(({ file_id }) => verdicts[file_id] === undefined),
    hidden: idsOf(certain.filter((photo) => isHidden(verdicts, photo))),
    refused: idsOf(suggestions.filter((photo) => isHidden(verdicts, photo))),
    confirmed: idsOf(confirmed),
  }
}

const idsOf = (photos: Photo[]) => photos.map(({ file_id }) => file_id)
