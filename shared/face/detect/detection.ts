import type { Box } from '../port.ts'

export interface Detection {
  box: Box
  /** 0 to 1. */
  score: number
}

/** What may be a face. */
export interface Candidate extends Detection {
  /** Height of its box in pixels of the detector's input. */
  seen: number
}

/** Non-maximum suppression: of detections that overlap by more than `limit` (intersection over union) keeps the best. */
export function keepBest(detections: readonly Detection[], limit: number): Detection[] {
  const kept: Detection[] = []
  for (const detection of detections.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => intersectionOverUnion(box, detection.box) <= limit)) kept.push(detection)
  }
  return kept
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
