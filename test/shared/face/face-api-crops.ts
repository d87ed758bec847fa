import { readDetections } from '../../../shared/face/detect/anchors.ts'
import { type Detection, keepBest } from '../../../shared/face/detect/detection.ts'
import type { Raster } from '../../../shared/face/image/raster.ts'
import type { Normalisation } from '../../../shared/face/image/warp.ts'
import { DETECTOR_INPUT, FACE_INPUT, type Nets } from '../../../shared/face/nets/nets.ts'
import type { Box, Face } from '../../../shared/face/port.ts'

/**
 * Repeats what face-api does around its nets, step by step as in its `src`, so that the converted nets can be compared
 * with it: square padding in black, bilinear sampling without smoothing, crops of whole pixels, and a crop for the
 * descriptor that depends on the distance from eyes to mouth.
 */
export async function analyseLikeFaceApi(nets: Nets, photo: Raster): Promise<Face[]> {
  const faces: Face[] = []
  for (const { box, score } of await detect(nets, photo)) {
    const crop = cropAtBorders(photo, box)
    const relative = await nets.findLandmarks(toInput(crop, 112, true, FACE_INPUT))
    const landmarks = placeLandmarks(relative, crop, box)
    const aligned = cropAtBorders(photo, descriptorBox(landmarks, crop))
    const descriptor = await nets.describe(toInput(aligned, 150, true, FACE_INPUT))
    faces.push({ box, score, landmarks, descriptor })
  }
  return faces
}

/** src/ssdMobilenetv1/SsdMobilenetv1.ts */
async function detect(nets: Nets, photo: Raster): Promise<Detection[]> {
  const { boxes, scores } = await nets.detect(toInput(photo, 512, false, DETECTOR_INPUT), 512, 512)
  const detections = keepBest(readDetections(boxes, scores, { width: 512, height: 512 }, 0.5), 0.5)
  // src/utils/index.ts, computeReshapedDimensions: the sides of the photo in the input, rounded to pixels.
  const [scaleX = 0, scaleY = 0] = [photo.width, photo.height].map(
    (side) => side / Math.round((side * 512) / Math.max(photo.width, photo.height)),
  )
  return detections.map(({ box, score }) => {
    const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)]
    const width = Math.min(512, box.x + box.width) - left
    const height = Math.min(512, box.y + box.height) - top
    return {
      score,
      box: { x: left * scaleX, y: top * scaleY, width: width * scaleX, height: height * scaleY },
    }
  })
}

/** src/faceLandmarkNet/FaceLandmark68NetBase.ts, src/factories/WithFaceLandmarks.ts */
function placeLandmarks(relative: Float32Array, { width, height }: Raster, shift: Box): Float32Array {
  const side = Math.max(width, height)
  return relative.map((part, i) => {
    const [length, start] = i % 2 === 0 ? [width, shift.x] : [height, shift.y]
    return part * side - (side - length) / 2 + start
  })
}

/** src/classes/FaceLandmarks.ts, alignDlib */
function descriptorBox(landmarks: Float32Array, crop: Raster): Box {
  const centre = (from: number, to: number) => {
    const sum = { x: 0, y: 0 }
    for (let i = from; i < to; i++) {
      sum.x += landmarks[2 * i] ?? NaN
      sum.y += landmarks[2 * i + 1] ?? NaN
    }
    return { x: sum.x / (to - from), y: sum.y / (to - from) }
  }
  const [left, right, mouth] = [centre(36, 42), centre(42, 48), centre(48, 68)]
  const toMouth = (eye: { x: number; y: number }) => Math.hypot(mouth.x - eye.x, mouth.y - eye.y)
  const size = Math.floor((toMouth(left) + toMouth(right)) / 2 / 0.45)
  const x = Math.floor(Math.max(0, (left.x + right.x + mouth.x) / 3 - 0.5 * size))
  const y = Math.floor(Math.max(0, (left.y + right.y + mouth.y) / 3 - 0.43 * size))
  return { x, y, width: Math.min(size, crop.width + x), height: Math.min(size, crop.height + y) }
}

/** src/classes/Box.ts, clipAtImageBorders */
function cropAtBorders(photo: Raster, box: Box): Raster {
  const [x, y] = [Math.max(box.x, 0), Math.max(box.y, 0)]
  const width = Math.floor(Math.min(box.x + box.width - x, photo.width - x))
  const height = Math.floor(Math.min(box.y + box.height - y, photo.height - y))
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * photo.width + left) * 3
    data.set(photo.data.subarray(from, from + width * 3), row * width * 3)
  }
  return { data, width, height }
}

/** src/ops/padToSquare.ts, then tf.image.resizeBilinear without half-pixel centres, then normalised. */
function toInput(
  { data, width, height }: Raster,
  size: number,
  centred: boolean,
  to: Normalisation,
): Float32Array {
  const side = Math.max(width, height)
  const before = (length: number) => (centred ? side - length - Math.round((side - length) / 2) : 0)
  const [left, top] = [before(width), before(height)]
  const value = (x: number, y: number, channel: number) => {
    const [column, row] = [x - left, y - top]
    return column < 0 || row < 0 || column >= width || row >= height
      ? 0
      : (data[(row * width + column) * 3 + channel] as number)
  }
  const input = new Float32Array(3 * size * size)
  for (let i = 0; i < input.length; i++) {
    const channel = Math.floor(i / size ** 2)
    const y = (Math.floor((i % size ** 2) / size) * side) / size
    const x = ((i % size) * side) / size
    const [x0, y0] = [Math.floor(x), Math.floor(y)]
    const [x1, y1] = [Math.min(x0 + 1, side - 1), Math.min(y0 + 1, side - 1)]
    const upper = value(x0, y0, channel) * (1 - (x - x0)) + value(x1, y0, channel) * (x - x0)
    const lower = value(x0, y1, channel) * (1 - (x - x0)) + value(x1, y1, channel) * (x - x0)
    input[i] = (upper * (1 - (y - y0)) + lower * (y - y0) - (to.mean[channel] as number)) / to.scale
  }
  return input
}
