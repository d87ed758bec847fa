import { type Raster, release } from '../image/raster.ts'
import { resize } from '../image/resize.ts'
import { warpInto } from '../image/warp.ts'
import type { Detail } from '../model.ts'
import { DETECTOR_INPUT, type Nets } from '../nets/nets.ts'
import type { Box } from '../port.ts'
import { readDetections } from './anchors.ts'
import { regionsToRevisit } from './candidates.ts'
import { type Canvas, fromCanvas, packRegions } from './canvas.ts'
import { type Candidate, type Detection, keepBest } from './detection.ts'
import { type DetectorInput, detectorInput } from './input.ts'

/** Detections below this score are dropped; face-api's own default. */
const MIN_SCORE = 0.5
/** Above this overlap two detections are the same face; face-api's own value. */
const SAME_FACE = 0.5

/** Longer side of the detector's input, as in face-api: finds faces of some 6 % of the photo's longer side. */
const COARSE = 512
/**
 * Longer side of the detector's input for large photos: faces of some 1 % of it become candidates. Of 60 faces of 48 px in photos
 * of 4,000 px it finds 56, where 1,344 px with FINE_CANDIDATE 0.025 found 35 in three quarters of the time.
 */
const FINE = 1600
/** Photos with a longer side of at least this many pixels are looked at with FINE. */
const FINE_FROM = 2400
/** A face taller than this fraction of the photo's shorter side makes it a portrait, which is not searched for tiny faces. */
const PORTRAIT = 0.2

/** A detection that scores more than this may be a face that was seen too small, and is looked at again enlarged. */
const COARSE_CANDIDATE = 0.05
const FINE_CANDIDATE = 0.014
const ENLARGED_CANDIDATE = 0.1
/** How often a candidate is looked at again, each time with a better estimate of its size. */
const MAX_ROUNDS = 2

/** Every face of the photo once, in pixels of the photo. */
export async function detectFaces(nets: Nets, photo: Raster, detail: Detail): Promise<Detection[]> {
  const longer = Math.max(photo.width, photo.height)
  const fine = detail === 'group' && longer >= FINE_FROM ? await resize(photo, FINE / longer) : photo
  const minScore = detail === 'fast' ? MIN_SCORE : COARSE_CANDIDATE
  const coarse = await look(nets.detect, photo, await detectorInput(fine, COARSE), minScore)
  const found = coarse.filter(({ score }) => score > MIN_SCORE)
  if (detail === 'fast') return found
  const portrait = found.some(({ box }) => box.height > PORTRAIT * Math.min(photo.width, photo.height))
  if (fine === photo) return lookEnlarged(nets, photo, found, coarse)
  const small = portrait
    ? coarse
    : await look(nets.detectSmall, photo, await detectorInput(fine, FINE), FINE_CANDIDATE)
  release(fine.data)
  return lookEnlarged(nets, photo, found, small)
}

/** Candidates on the whole photo, in pixels of the photo. */
async function look(
  detect: Nets['detect'],
  photo: Raster,
  { planes, width, height, image }: DetectorInput,
  minScore: number,
): Promise<Candidate[]> {
  const { boxes, scores } = await detect(planes, height, width)
  const seen = readDetections(boxes, scores, { width, height }, minScore)
  return keepBest(seen, SAME_FACE).map(({ box, score }) => ({
    box: clip(scaled(box, photo.width / image.width, photo.height / image.height), photo),
    score,
    seen: box.height,
  }))
}

/** Looks again at the candidates, enlarged, and returns `found` with the faces that this confirms. */
async function lookEnlarged(
  nets: Nets,
  photo: Raster,
  found: readonly Detection[],
  candidates: readonly Candidate[],
): Promise<Detection[]> {
  let faces = [...found]
  let open = candidates
  for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
    const seen: Candidate[] = []
    for (const canvas of packRegions(regionsToRevisit(open, faces))) {
      const { boxes, scores } = await nets.detectSmall(paint(canvas, photo), canvas.height, canvas.width)
      const detections = fromCanvas(readDetections(boxes, scores, canvas, ENLARGED_CANDIDATE), canvas)
      seen.push(...detections.map((detection) => ({ ...detection, box: clip(detection.box, photo) })))
    }
    faces = keepBest([...faces, ...seen.filter(({ score }) => score > MIN_SCORE)], SAME_FACE)
    open = seen
  }
  return faces
}

/** Cuts the regions of the canvas out of the photo, into an input of the detector. */
function paint({ width, height, regions }: Canvas, photo: Raster): Float32Array {
  const plane = width * height
  const target = new Float32Array(3 * plane).fill(-1)
  for (const { x, y, width: columns, height: rows, box, scale } of regions) {
    const step = 1 / scale
    const toPhoto = { a: step, b: 0, x0: box.x + (step - 1) / 2, y0: box.y + (step - 1) / 2 }
    const place = { target, offset: y * width + x, row: width, plane }
    warpInto(place, photo, toPhoto, { width: columns, height: rows }, DETECTOR_INPUT)
  }
  return target
}

function scaled(box: Box, x: number, y: number): Box {
  return { x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y }
}

function clip(box: Box, { width, height }: Raster): Box {
  const left = Math.max(0, box.x)
  const top = Math.max(0, box.y)
  return {
    x: left,
    y: top,
    width: Math.min(width, box.x + box.width) - left,
    height: Math.min(height, box.y + box.height) - top,
  }
}
