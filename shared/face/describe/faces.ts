import type { Detection } from '../detect/detection.ts'
import type { Raster } from '../image/raster.ts'
import { type Similarity, squarePlace, warpInto } from '../image/warp.ts'
import { FACE_INPUT, LANDMARK_SIZE, type Nets } from '../nets/nets.ts'
import type { Box, Face } from '../port.ts'
import { alignToMeanFace, CHIP_SIZE } from './align.ts'

/**
 * Finds the landmarks and descriptors of all detected faces of a photo.
 *
 * A descriptor is not averaged with that of the mirrored face. This takes two thirds more time and gained nothing on
 * labelled photos at 0.45: distances of the same person become a little smaller, but so do those of people who look alike.
 */
export async function describeFaces(
  nets: Nets,
  photo: Raster,
  detections: readonly Detection[],
): Promise<Face[]> {
  if (detections.length === 0) return []
  const boxes = detections.map(({ box }) => box)
  const landmarks = await findLandmarks(nets, photo, boxes)
  const descriptors = await describe(nets, photo, landmarks.map(alignToMeanFace))
  return detections.map(({ box, score }, i) => ({
    box,
    score,
    landmarks: landmarks[i] as Float32Array,
    descriptor: descriptors[i] as Float32Array,
  }))
}

async function findLandmarks(nets: Nets, photo: Raster, boxes: readonly Box[]): Promise<Float32Array[]> {
  const input = new Float32Array(boxes.length * 3 * LANDMARK_SIZE ** 2)
  const cuts = boxes.map(squareAround)
  const size = { width: LANDMARK_SIZE, height: LANDMARK_SIZE }
  for (const [i, cut] of cuts.entries()) {
    warpInto(squarePlace(input, i, LANDMARK_SIZE), photo, cut, size, FACE_INPUT)
  }
  const points = await nets.findLandmarks(input)
  return cuts.map((cut, i) =>
    points.slice(i * 136, (i + 1) * 136).map((part, at) => {
      const pixel = part * LANDMARK_SIZE - 0.5
      return pixel * cut.a + (at % 2 === 0 ? cut.x0 : cut.y0)
    }),
  )
}

/** Maps pixels of the landmark net's input to pixels of the photo: a square around the centre of the box. */
function squareAround({ x, y, width, height }: Box): Similarity {
  const side = Math.max(width, height, 1)
  const step = side / LANDMARK_SIZE
  return {
    a: step,
    b: 0,
    x0: x + (width - side + step - 1) / 2,
    y0: y + (height - side + step - 1) / 2,
  }
}

async function describe(nets: Nets, photo: Raster, cuts: readonly Similarity[]): Promise<Float32Array[]> {
  const chips = new Float32Array(cuts.length * 3 * CHIP_SIZE ** 2)
  const size = { width: CHIP_SIZE, height: CHIP_SIZE }
  for (const [i, cut] of cuts.entries())
    warpInto(squarePlace(chips, i, CHIP_SIZE), photo, cut, size, FACE_INPUT)
  const descriptors = await nets.describe(chips)
  return cuts.map((_, i) => descriptors.slice(i * 128, (i + 1) * 128))
}
