import type { Box } from '../port.ts'
import type { Region } from './canvas.ts'
import { type Candidate, type Detection, intersection } from './detection.ts'

/** More candidates than this, and the weakest are left: what a photo may cost has a bound. */
const MAX_CANDIDATES = 96
/** The height at which the detector sees a candidate's face again: its sight is best from 45 to 70 px. */
const HEIGHT = 52
/** What is seen with the face, in parts of its height. */
const SURROUNDINGS = 1.88
/** No finer than this many pixels per pixel of the photo: enlarged further, a face is a blur. */
const MAX_SCALE = 1.5

/**
 * Where to look again: around what might be a face, so that the detector sees it at the size it sees best. One region
 * for candidates of the same face.
 * @param found what needs no second look; candidates on it are left out
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
    return { box: square, scale: Math.min(MAX_SCALE, HEIGHT / height) }
  })
}

/**
 * How much of a candidate's box is face. The detector's smallest anchor is 51 px, so it draws the boxes of smaller
 * faces too large: measured medians are 1.3 times for 16 to 25 px, 1.15 times at 33 px, 1.05 times at 50 px.
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
