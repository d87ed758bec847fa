import { alignToMeanFace, CHIP_POINTS, CHIP_SIZE } from '../describe/align.ts'
import { separate } from '../describe/joint.ts'
import { DLIB_LENGTH, type Face } from '../port.ts'

/** Pixels of the chip by which landmarks that are otherwise right may miss the mean face: profiles miss it by 12. */
const TOLERANCE = 100

/**
 * How well a face agrees with an upright one that fills the detection's box: 0 to about 0.6, frontal ones 0.4.
 *
 * The detector also finds faces that lie on their side, with scores of up to 0.97. The landmark net knows upright faces
 * alone: of others it makes a face that is far too small for the box, or distorted. dlib's descriptor is the shorter the
 * less it sees of a face: in the median 1.45 upright and 1.34 on the side.
 */
export function fitOf({ box, score, landmarks, descriptor }: Face): number {
  const { a, b, x0, y0 } = alignToMeanFace(landmarks)
  // Landmarks in one point, or turned by more than a quarter.
  if (a <= 0) return 0
  const scale = Math.hypot(a, b)
  let squares = 0
  for (const { landmark, x, y } of CHIP_POINTS) {
    squares +=
      (a * x - b * y + x0 - (landmarks[landmark * 2] ?? NaN)) ** 2 +
      (b * x + a * y + y0 - (landmarks[landmark * 2 + 1] ?? NaN)) ** 2
  }
  const error = Math.sqrt(squares / CHIP_POINTS.length) / scale
  const size = Math.min(1, (scale * CHIP_SIZE) / Math.max(box.width, box.height))
  const dlib = descriptor.length > DLIB_LENGTH ? separate(descriptor).dlib : descriptor
  const seen = Math.max(0, Math.hypot(...dlib) - 1)
  return (score * size * Math.exp(-error / TOLERANCE) * seen * a) / scale
}
