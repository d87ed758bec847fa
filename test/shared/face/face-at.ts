import { CHIP_POINTS, CHIP_SIZE } from '../../../shared/face/describe/align.ts'
import type { Box, Face } from '../../../shared/face/port.ts'

/** An upright face that fills the box, with the landmarks of the mean face (those that have one). The descriptor is as long as of a real face. */
export function faceAt(box: Box): Face {
  const landmarks = new Float32Array(136)
  const scale = Math.max(box.width, box.height) / CHIP_SIZE
  for (const { landmark, x, y } of CHIP_POINTS) {
    landmarks[landmark * 2] = box.x + x * scale
    landmarks[landmark * 2 + 1] = box.y + y * scale
  }
  return { box, score: 0.99, landmarks, descriptor: new Float32Array(128).fill(1.45 / Math.sqrt(128)) }
}
