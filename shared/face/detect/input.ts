import type { Raster } from '../image/raster.ts'
import { isSampled, quarters, resize, scaledSize } from '../image/resize.ts'
import { DETECTOR_INPUT } from '../nets/nets.ts'

/** The detector's input, padded below and on the right to multiples of its stride. */
export interface DetectorInput {
  planes: Float32Array
  width: number
  height: number
  /** Size of the photo in it. */
  image: { width: number; height: number }
}

/** The detector's strides are powers of two. Multiples of 32 suit its first two feature maps. */
const STRIDE = 32
const [MEAN] = DETECTOR_INPUT.mean
const FACTOR = 1 / DETECTOR_INPUT.scale

/** The whole raster as input of the detector, its longer side scaled to `longer` pixels. */
export async function detectorInput(raster: Raster, longer: number): Promise<DetectorInput> {
  const scale = longer / Math.max(raster.width, raster.height)
  const image = scaledSize(raster, scale)
  const width = Math.ceil(image.width / STRIDE) * STRIDE
  const height = Math.ceil(image.height / STRIDE) * STRIDE
  const planes = new Float32Array(3 * width * height).fill(-1)
  const input = { planes, width, height, image }
  if (isSampled(scale)) sample(raster, input)
  else copy(await resize(raster, scale), input)
  return input
}

/** Makes each pixel the mean of four pixels of the raster, one from each quarter of the area that it covers. */
function sample(raster: Raster, { planes, width: row, height: rows, image }: DetectorInput): void {
  const { data } = raster
  const plane = row * rows
  const factor = FACTOR / 4
  const shift = MEAN * FACTOR
  const { columns, lines } = quarters(raster, image)
  for (let y = 0; y < image.height; y++) {
    const upper = lines[2 * y]!
    const lower = lines[2 * y + 1]!
    for (let x = 0, at = y * row; x < image.width; x++, at++) {
      const p = upper + columns[2 * x]!
      const q = upper + columns[2 * x + 1]!
      const r = lower + columns[2 * x]!
      const s = lower + columns[2 * x + 1]!
      planes[at] = (data[p]! + data[q]! + data[r]! + data[s]!) * factor - shift
      planes[at + plane] = (data[p + 1]! + data[q + 1]! + data[r + 1]! + data[s + 1]!) * factor - shift
      planes[at + 2 * plane] = (data[p + 2]! + data[q + 2]! + data[r + 2]! + data[s + 2]!) * factor - shift
    }
  }
}

function copy({ data, width, height }: Raster, { planes, width: row, height: rows }: DetectorInput): void {
  const plane = row * rows
  for (let y = 0, p = 0; y < height; y++) {
    for (let at = y * row; at < y * row + width; at++, p += 3) {
      planes[at] = (data[p]! - MEAN) * FACTOR
      planes[at + plane] = (data[p + 1]! - MEAN) * FACTOR
      planes[at + 2 * plane] = (data[p + 2]! - MEAN) * FACTOR
    }
  }
}
