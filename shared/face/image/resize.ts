import sharp from 'sharp'
import type { Raster } from './raster.ts'

/**
 * Whether `resize` takes four samples per pixel instead of averaging. In this range of scales the detector finds the same
 * faces either way, and sampling is much faster.
 */
export const isSampled = (scale: number) => 1 / scale >= 1.5 && 1 / scale <= 6

/** Scales the raster, smoothing it where it shrinks. */
export async function resize(raster: Raster, scale: number): Promise<Raster> {
  const { width, height } = scaledSize(raster, scale)
  if (isSampled(scale)) return sampleDown(raster, width, height)
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .resize({ width, height, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
  return { data, width, height }
}

export function scaledSize({ width, height }: Raster, scale: number): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Makes each pixel the mean of four pixels of the raster, one from each quarter of the area that it covers. */
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

/**
 * Makes each pixel the mean of 16 pixels of the raster, from a grid over the area that it covers. The raster has two
 * pixels or more. Reads a pixel as one number and sums red and blue in it at once, which halves the time.
 */
export function sampleFinely(raster: Raster, width: number, height: number): Raster {
  const pixels = new DataView(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength)
  const smaller = new Uint8Array(width * height * 3)
  const { columns, lines } = sixteenths(raster, { width, height })
  for (let y = 0, at = 0; y < height; y++) {
    const first = lines[4 * y]!
    const second = lines[4 * y + 1]!
    const third = lines[4 * y + 2]!
    const fourth = lines[4 * y + 3]!
    for (let x = 0; x < width; x++, at += 3) {
      // Half of the 16, so that the quotients are rounded.
      let redAndBlue = 0x80008
      let green = 0x800
      for (let i = 4 * x; i < 4 * x + 4; i++) {
        const column = columns[i]!
        const p = pixels.getInt32(first + column, true)
        const q = pixels.getInt32(second + column, true)
        const r = pixels.getInt32(third + column, true)
        const s = pixels.getInt32(fourth + column, true)
        redAndBlue += (p & 0xff00ff) + (q & 0xff00ff) + (r & 0xff00ff) + (s & 0xff00ff)
        green += (p & 0xff00) + (q & 0xff00) + (r & 0xff00) + (s & 0xff00)
      }
      smaller[at] = (redAndBlue & 0xffff) >> 4
      smaller[at + 1] = green >> 12
      smaller[at + 2] = redAndBlue >> 20
    }
  }
  return { data: smaller, width, height }
}

/** Offsets of the samples, four in each direction. None is the very last pixel, behind which there is no fourth byte. */
function sixteenths({ width, height }: Raster, smaller: { width: number; height: number }) {
  const position = (i: number, from: number, to: number) => Math.floor(((i + 0.5) * from) / (4 * to))
  const lastColumn = Math.max(0, width - 2)
  const lastLine = width === 1 ? height - 2 : height - 1
  const columns = Int32Array.from(
    { length: 4 * smaller.width },
    (_, i) => 3 * Math.min(lastColumn, position(i, width, smaller.width)),
  )
  const lines = Int32Array.from(
    { length: 4 * smaller.height },
    (_, i) => 3 * width * Math.min(lastLine, position(i, height, smaller.height)),
  )
  return { columns, lines }
}

/** Offsets in the raster's data of the samples for each smaller pixel: left and right, upper and lower. */
export function quarters({ width, height }: Raster, smaller: { width: number; height: number }) {
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
