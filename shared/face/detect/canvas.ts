import type { Box } from '../port.ts'
import type { Candidate, Detection } from './detection.ts'

/** A part of the photo and the scale at which the detector gets it. */
export interface Region {
  /** In pixels of the photo. */
  box: Box
  /** Pixels of the canvas per pixel of the photo. */
  scale: number
}

interface PlacedRegion extends Region {
  /** Top left corner, width and height on the canvas, in whole pixels. */
  x: number
  y: number
  width: number
  height: number
}

export interface Canvas {
  width: number
  height: number
  regions: PlacedRegion[]
}

const WIDTH = 512
const MAX_HEIGHT = 512
/** The sides of a canvas are multiples of this: the coarsest stride of the detector that matters for small faces. */
const GRANULE = 32
/** Pixels of black between regions, so that no face is detected across two of them. */
const GAP = 4

/**
 * Packs regions onto canvases of at most 512 × 512 px, in rows and in the order of falling height. Each canvas is as small
 * as its regions allow. No region may be larger than a canvas.
 */
export function packRegions(regions: readonly Region[]): Canvas[] {
  const sized = regions.map((region) => ({
    ...region,
    width: Math.min(WIDTH, Math.ceil(region.box.width * region.scale)),
    height: Math.min(MAX_HEIGHT, Math.ceil(region.box.height * region.scale)),
  }))
  const canvases: PlacedRegion[][] = []
  let current: PlacedRegion[] = []
  let [x, y, rowHeight] = [0, 0, 0]
  for (const region of sized.sort((a, b) => b.height - a.height)) {
    if (x + region.width > WIDTH) [x, y, rowHeight] = [0, y + rowHeight + GAP, 0]
    if (current.length === 0 || y + region.height > MAX_HEIGHT) {
      current = []
      canvases.push(current)
      ;[x, y, rowHeight] = [0, 0, 0]
    }
    current.push({ ...region, x, y })
    x += region.width + GAP
    rowHeight = Math.max(rowHeight, region.height)
  }
  return canvases.map((placed) => ({
    width: roundUp(Math.max(...placed.map((region) => region.x + region.width))),
    height: roundUp(Math.max(...placed.map((region) => region.y + region.height))),
    regions: placed,
  }))
}

/** Converts detections on a canvas to pixels of the photo. Drops those whose centre is outside every region. */
export function fromCanvas(detections: readonly Detection[], canvas: Canvas): Candidate[] {
  return detections.flatMap(({ box, score }) => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    const region = canvas.regions.find(
      (placed) =>
        x >= placed.x && x < placed.x + placed.width && y >= placed.y && y < placed.y + placed.height,
    )
    if (region === undefined) return []
    const inPhoto = {
      x: region.box.x + (box.x - region.x) / region.scale,
      y: region.box.y + (box.y - region.y) / region.scale,
      width: box.width / region.scale,
      height: box.height / region.scale,
    }
    return [{ box: inPhoto, score, seen: box.height }]
  })
}

function roundUp(length: number): number {
  return Math.ceil(length / GRANULE) * GRANULE
}
