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
export const MIN_SCORE = 0.5
/** Above this overlap two detections are the same face; face-api's own value. */
const SAME_FACE = 0.5

/** The longer side of the detector's input that face-api uses: finds faces of some 6 % of the photo's longer side. */
const COARSE = 512
/** The longer side for a large photo: faces of some 1.2 % of it become candidates. */
const FINE = 1344
/** A photo with a longer side of this many pixels gets a fine look. */
const FINE_FROM = 2400
/** A face taller than this part of the photo's shorter side makes it a portrait: nobody looks for tiny faces there. */
const PORTRAIT = 0.2

/** What scores above this may be a face too small for the look: it is looked at again from nearby. */
const COARSE_CANDIDATE = 0.05
const FINE_CANDIDATE = 0.025

const NEARBY_CANDIDATE = 0.1
/** How often a candidate is looked at again, each time at a size judged better. */
const ROUNDS = 2

/** Every face of the photo in pixels of it, each once. */
export async function detectFaces(nets: Nets, photo: Raster, detail: Detail): Promise<Detection[]> {
  const longer = Math.max(photo.width, photo.height)
  const fine = detail === 'group' && longer >= FINE_FROM ? await resize(photo, FINE / longer) : photo
  const minScore = detail === 'fast' ? MIN_SCORE : COARSE_CANDIDATE
  const coarse = await look(nets.detect, photo, await detectorInput(fine, COARSE), minScore)
  const found = coarse.filter(({ score }) => score > MIN_SCORE)
  if (detail === 'fast') return found
  const portrait = found.some(({ box }) => box.height > PORTRAIT * Math.min(photo.width, photo.height))
  if (fine === photo) return lookNearby(nets, photo, found, coarse)
  const small = portrait
    ? coarse
    : await look(nets.detectSmall, photo, await detectorInput(fine, FINE), FINE_CANDIDATE)
  release(fine.data)
  return lookNearby(nets, photo, found, small)
}

/** What may be a face on the whole photo, in pixels of it. */
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

/** Adds to `found` what looks from nearby make of the candidates. */
async function lookNearby(
  nets: Nets,
  photo: Raster,
  found: readonly Detection[],
  candidates: readonly Candidate[],
): Promise<Detection[]> {
  let faces = [...found]
  let open = candidates
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const seen: Candidate[] = []
    for (const canvas of packRegions(regionsToRevisit(open, faces))) {
      const { boxes, scores } = await nets.detectSmall(paint(canvas, photo), canvas.height, canvas.width)
      const detections = fromCanvas(readDetections(boxes, scores, canvas, NEARBY_CANDIDATE), canvas)
      seen.push(...detections.map((detection) => ({ ...detection, box: clip(detection.box, photo) })))
    }
    faces = keepBest([...faces, ...seen.filter(({ score }) => score > MIN_SCORE)], SAME_FACE)
    open = seen
  }
  return faces
}

/** The canvas as the detector's input, its regions cut from the photo. */
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
