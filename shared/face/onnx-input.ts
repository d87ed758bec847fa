import sharp from 'sharp'
import { DETECTOR_INPUT } from './onnx-nets.ts'
import type { Raster } from './raster.ts'

/** The detector's input, padded to whole strides below and on the right. */
export interface DetectorInput {
  planes: Float32Array
  width: number
  height: number
  /** How much of it is photo. */
  image: { width: number; height: number }
}

/** The detector's strides are powers of two; by 32 its first two feature maps come out even. */
const STRIDE = 32
/** Sampling four points per pixel is as good as averaging for the detector up to this shrinking, and much faster. */
const isSampled = (scale: number) => 1 / scale >= 1.5 && 1 / scale <= 6

const [MEAN] = DETECTOR_INPUT.mean
const FACTOR = 1 / DETECTOR_INPUT.scale

/** The whole raster as the detector sees it, its longer side scaled to `longer` pixels. */
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

/** The raster at another size, smoothed where it shrinks. */
export async function resize(raster: Raster, scale: number): Promise<Raster> {
  const { width, height } = scaledSize(raster, scale)
  if (isSampled(scale)) return sampleDown(raster, width, height)
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .resize({ width, height, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
  return { data, width, height }
}

function scaledSize({ width, height }: Raster, scale: number): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Each pixel of the input is the mean of four pixels of the raster, from the quarters of what it covers. */
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

/** The same as a raster. */
function sampleDown(raster: Raster, width: number, height: number): Raster {
  const { data } = raster
  const smaller = new Uint8Array(width * height * 3)
  const { columns, lines } = quarters(raster, { width, height })
  for (let y = 0, at = 0; y < height; y++) {
    const upper = lines[2 * y]!
    const lower = lines[2 * y + 1]!
    for (let x = 0; x < width; x++, at += 3) {
      const p = upper + columns[2 * x]!
      const q = upper + columns[2 * x + 1]!
      const r = lower + columns[2 * x]!
      const s = lower + columns[2 * x + 1]!
      smaller[at] = (data[p]! + data[q]! + data[r]! + data[s]! + 2) >> 2
      smaller[at + 1] = (data[p + 1]! + data[q + 1]! + data[r + 1]! + data[s + 1]! + 2) >> 2
      smaller[at + 2] = (data[p + 2]! + data[q + 2]! + data[r + 2]! + data[s + 2]! + 2) >> 2
    }
  }
  return { data: smaller, width, height }
}

/** Where in the raster's data the quarters of each smaller pixel are: left and right, upper and lower. */
function quarters({ width, height }: Raster, smaller: { width: number; height: number }) {
  const position = (i: number, from: number, to: number) =>
    Math.min(from - 1, Math.floor(((i / 2 + 0.25) * from) / to))
  const columns = Int32Array.from(
    { length: 2 * smaller.width },
    (_, i) => 3 * position(i, width, smaller.width),
  )
  const lines = Int32Array.from(
    { length: 2 * smaller.height },
    (_, i) => 3 * width * position(i, height, smaller.height),
  )
  return { columns, lines }
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
