import type { Box } from './port.ts'

/** Share of their joint area that two boxes of the same face have in common at least. */
const SAME_FACE = 0.4

/** The face whose box has most in common with this one; undefined where none is in about the same place. */
export function closestBox<F extends { box: Box }>(faces: readonly F[], box: Box): F | undefined {
  let closest: { face: F; overlap: number } | undefined
  for (const face of faces) {
    const overlap = intersectionOverUnion(face.box, box)
    if (overlap >= SAME_FACE && overlap > (closest?.overlap ?? 0)) closest = { face, overlap }
  }
  return closest?.face
}

/** Of faces in about the same place only the one with the best score: a face that was detected twice. Keeps their order. */
export function onePerPlace<F extends { box: Box; score: number }>(faces: readonly F[]): F[] {
  const best: F[] = []
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (closestBox(best, face.box) === undefined) best.push(face)
  }
  return faces.filter((face) => best.includes(face))
}

export function intersectionOverUnion(a: Box, b: Box): number {
  const common = intersection(a, b)
  return common / (a.width * a.height + b.width * b.height - common)
}

export function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return Math.max(0, width) * Math.max(0, height)
}
