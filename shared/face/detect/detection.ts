import { intersectionOverUnion } from '../box.ts'
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
