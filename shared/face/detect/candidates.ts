import { intersection } from '../box.ts'
import type { Box } from '../port.ts'
import type { Region } from './canvas.ts'
import type { Candidate, Detection } from './detection.ts'

/** Limits the time that a photo takes: of more candidates, those with the lowest scores are ignored. */
const MAX_CANDIDATES = 96
/** Pixels of a candidate's height at the second look. The detector is at its best from 45 to 70 px. */
const FACE_HEIGHT = 52
/** Side of the square around the face that is looked at, as a multiple of the face's height. */
const SURROUNDINGS = 1.88
/** Most pixels per pixel of the photo. A face that is enlarged further is only a blur. */
const MAX_SCALE = 1.5

/**
 * The regions for a second look, each around what may be a face, at the scale at which the detector is at its best.
 * Candidates of the same face share a region.
 * @param found faces that need no second look; candidates that overlap them are left out
 */
export function regionsToRevisit(candidates: readonly Candidate[], found: readonly Detection[]): Region[] {
  const chosen: Candidate[] = []
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (chosen.length === MAX_CANDIDATES) break
    if (found.some((face) => covers(face.box, candidate.box))) continue
    if (chosen.every((other) => !isSame(other.box, candidate.box))) chosen.push(candidate)
  }
  return chosen.map(({ box, seen }) => {
    const height = box.height * shareOfFace(seen)
    const side = height * SURROUNDINGS
    const square = {
      x: box.x + (box.width - side) / 2,
      y: box.y + (box.height - side) / 2,
      width: side,
      height: side,
    }
    return { box: square, scale: Math.min(MAX_SCALE, FACE_HEIGHT / height) }
  })
}

/**
 * What fraction of a candidate's box is face. The detector's smallest anchor has 51 px, so the boxes of smaller faces are
 * too large: by factors of 1.3 for 16 to 25 px, 1.15 at 33 px and 1.05 at 50 px (measured medians).
 */
function shareOfFace(height: number): number {
  return Math.min(1, Math.max(0.75, 0.75 + (height - 30) * 0.01))
}

function covers(face: Box, candidate: Box): boolean {
  return (
    intersection(face, candidate) >
    0.4 * Math.min(face.width * face.height, candidate.width * candidate.height)
  )
}

function isSame(a: Box, b: Box): boolean {
  const [dx, dy] = [a.x - b.x + (a.width - b.width) / 2, a.y - b.y + (a.height - b.height) / 2]
  const ratio = a.height / b.height
  return Math.hypot(dx, dy) < 0.4 * Math.min(a.height, b.height) && ratio < 1.6 && ratio > 0.6
}
