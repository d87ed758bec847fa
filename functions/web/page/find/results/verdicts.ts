import { useState } from 'preact/hooks'
import type { Photo } from '../../photos/photo.ts'
import { loadVerdicts, saveVerdicts, type Verdicts } from '../stored.ts'
import type { Findings } from './findings.ts'

/** Where the photos of a search belong, by what the guest said of those that are not certain. */
export interface Judged {
  /** Matches that are not doubted, and what the guest confirmed. */
  photos: Photo[]
  /** What the guest is to look at. */
  maybe: Photo[]
  /** How many the guest turned down. */
  refused: number
  /** How many they confirmed. */
  confirmed: number
}

/** Matches keep their order. What is confirmed comes after them, so that no photo moves another one. */
export function judge({ photos, suggestions }: Findings, verdicts: Verdicts): Judged {
  const doubted = new Map(suggestions.map((photo) => [photo.file_id, photo]))
  const confirmed = suggestions.filter(({ file_id }) => verdicts[file_id] === 'me')
  return {
    photos: [
      ...photos.filter(({ file_id }) => !doubted.has(file_id)),
      ...confirmed.map((photo) => ({ ...photo, certainty: 'confirmed' as const })),
    ],
    maybe: suggestions.filter(({ file_id }) => verdicts[file_id] === undefined),
    confirmed: confirmed.length,
    refused: suggestions.filter(({ file_id }) => verdicts[file_id] === 'not_me').length,
  }
}

/** What the guest says of uncertain photos; kept in this browser with the search. */
export function useVerdicts(scanId: string) {
  const [verdicts, setVerdicts] = useState(() => loadVerdicts(scanId))
  function change(next: Verdicts): void {
    setVerdicts(next)
    saveVerdicts(scanId, next)
  }
  return {
    verdicts,
    say: (fileId: string, verdict: Verdicts[string]) => change({ ...verdicts, [fileId]: verdict }),
    takeBack: (verdict: Verdicts[string]) =>
      change(Object.fromEntries(Object.entries(verdicts).filter(([, said]) => said !== verdict))),
  }
}
