import { alignToMeanFace, CHIP_SIZE } from './align.ts'
import type { Detection } from './detection.ts'
import { FACE_INPUT, LANDMARK_SIZE, type Nets } from './onnx-nets.ts'
import type { AnalyseOptions, Box, Face } from './port.ts'
import type { Raster } from './raster.ts'
import { type Similarity, squarePlace, turned, warpInto } from './warp.ts'

/** How a selfie's cut is varied: degrees turned, times enlarged. */
const VARIATIONS: readonly (readonly [degrees: number, scale: number])[] = [
  [0, 1],
  [3.5, 1],
  [-3.5, 1],
  [0, 1.05],
  [0, 0.95],
]

/**
 * Landmarks and descriptors of what was detected, all faces of a photo in one go.
 *
 * A selfie's descriptor is the mean of ten, of the cut slightly turned and scaled and of its mirror images: that brings
 * it a little nearer to other photos of the person, at a cost that a scan bears once and not for every photo.
 */
export async function describeFaces(
  nets: Nets,
  photo: Raster,
  detections: readonly Detection[],
  kind: AnalyseOptions['kind'],
): Promise<Face[]> {
  if (detections.length === 0) return []
  const boxes = detections.map(({ box }) => box)
  const landmarks = await findLandmarks(nets, photo, boxes)
  const cuts = landmarks.map(alignToMeanFace)
  const descriptors =
    kind === 'photo'
      ? await describe(nets, cutChips(photo, cuts))
      : await Promise.all(cuts.map((cut) => describeWell(nets, photo, cut)))
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

/** From pixels of the landmark net's input to pixels of the photo: the square with the box in its middle. */
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

async function describeWell(nets: Nets, photo: Raster, cut: Similarity): Promise<Float32Array> {
  const chips = cutChips(
    photo,
    VARIATIONS.map(([degrees, scale]) => turned(cut, CHIP_SIZE / 2, degrees, scale)),
  )
  const descriptors = [...(await describe(nets, chips)), ...(await describe(nets, mirrored(chips)))]
  return new Float32Array(128).map(
    (_, i) =>
      descriptors.reduce((sum, descriptor) => sum + (descriptor[i] as number), 0) / descriptors.length,
  )
}

function cutChips(photo: Raster, cuts: readonly Similarity[]): Float32Array {
  const chips = new Float32Array(cuts.length * 3 * CHIP_SIZE ** 2)
  const size = { width: CHIP_SIZE, height: CHIP_SIZE }
  for (const [i, cut] of cuts.entries())
    warpInto(squarePlace(chips, i, CHIP_SIZE), photo, cut, size, FACE_INPUT)
  return chips
}

function mirrored(chips: Float32Array): Float32Array {
  const mirror = chips.slice()
  for (let row = 0; row < mirror.length; row += CHIP_SIZE) mirror.subarray(row, row + CHIP_SIZE).reverse()
  return mirror
}

async function describe(nets: Nets, chips: Float32Array): Promise<Float32Array[]> {
  const descriptors = await nets.describe(chips)
  return Array.from({ length: descriptors.length / 128 }, (_, i) => descriptors.slice(i * 128, (i + 1) * 128))
}
