import type { Raster } from './raster.ts'

/** Turns, scales and moves: (x, y) becomes (a·x − b·y + x0, b·x + a·y + y0). */
export interface Similarity {
  a: number
  b: number
  x0: number
  y0: number
}

/** What a net wants of each channel: (value − mean) / scale. */
export interface Normalisation {
  mean: readonly [number, number, number]
  scale: number
}

/** Where a cut goes in a net's input, which is three planes of numbers. */
export interface Place {
  target: Float32Array
  /** Index of the cut's first pixel in the first plane. */
  offset: number
  /** Numbers per row and per plane. */
  row: number
  plane: number
}

/**
 * Cuts a rectangle out of the photo into a net's input. Black outside the photo. Pixel centres are whole numbers. Where
 * the photo is finer than the cut, it is averaged down by a whole factor first, then sampled bilinearly.
 * @param toPhoto from pixels of the cut to pixels of the photo
 */
export function warpInto(
  { target, offset, row: rowLength, plane }: Place,
  photo: Raster,
  toPhoto: Similarity,
  size: { width: number; height: number },
  { mean, scale }: Normalisation,
): void {
  const { source, map } = shrinkFor(photo, toPhoto, size)
  const { data, width, height } = source
  const [m0, m1, m2] = mean
  const factor = 1 / scale
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      const x = map.a * column - map.b * row + map.x0
      const y = map.b * column + map.a * row + map.y0
      const at = offset + row * rowLength + column
      const left = Math.floor(x)
      const top = Math.floor(y)
      let r = 0
      let g = 0
      let b = 0
      if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
        const fx = x - left
        const fy = y - top
        const w00 = (1 - fx) * (1 - fy)
        const w10 = fx * (1 - fy)
        const w01 = (1 - fx) * fy
        const w11 = fx * fy
        const p = (top * width + left) * 3
        const q = p + width * 3
        r = w00 * data[p]! + w10 * data[p + 3]! + w01 * data[q]! + w11 * data[q + 3]!
        g = w00 * data[p + 1]! + w10 * data[p + 4]! + w01 * data[q + 1]! + w11 * data[q + 4]!
        b = w00 * data[p + 2]! + w10 * data[p + 5]! + w01 * data[q + 2]! + w11 * data[q + 5]!
      } else if (x > -1 && y > -1 && x < width && y < height) {
        const p = (clamp(Math.round(y), height) * width + clamp(Math.round(x), width)) * 3
        r = data[p]!
        g = data[p + 1]!
        b = data[p + 2]!
      }
      target[at] = (r - m0) * factor
      target[at + plane] = (g - m1) * factor
      target[at + 2 * plane] = (b - m2) * factor
    }
  }
}

/** The place of the `index`th of several square inputs, one after the other. */
export function squarePlace(target: Float32Array, index: number, size: number): Place {
  return { target, offset: index * 3 * size * size, row: size, plane: size * size }
}

function clamp(index: number, size: number): number {
  return Math.max(0, Math.min(size - 1, index))
}

/** The part of the photo under the cut, averaged down to between one and two of its pixels per pixel of the cut. */
function shrinkFor(
  photo: Raster,
  toPhoto: Similarity,
  size: { width: number; height: number },
): { source: Raster; map: Similarity } {
  const factor = Math.floor(Math.hypot(toPhoto.a, toPhoto.b) + 0.25)
  if (factor < 2) return { source: photo, map: toPhoto }
  const corners = [0, size.height].flatMap((row) =>
    [0, size.width].map((column) => ({
      x: toPhoto.a * column - toPhoto.b * row + toPhoto.x0,
      y: toPhoto.b * column + toPhoto.a * row + toPhoto.y0,
    })),
  )
  const xs = corners.map(({ x }) => x)
  const ys = corners.map(({ y }) => y)
  const left = Math.max(0, Math.floor(Math.min(...xs)) - factor)
  const top = Math.max(0, Math.floor(Math.min(...ys)) - factor)
  const columns = Math.floor((Math.min(photo.width, Math.ceil(Math.max(...xs)) + 2 * factor) - left) / factor)
  const rows = Math.floor((Math.min(photo.height, Math.ceil(Math.max(...ys)) + 2 * factor) - top) / factor)
  if (columns < 1 || rows < 1) return { source: photo, map: toPhoto }
  return {
    source: averageDown(photo, left, top, columns, rows, factor),
    map: {
      a: toPhoto.a / factor,
      b: toPhoto.b / factor,
      x0: (toPhoto.x0 - left + 0.5) / factor - 0.5,
      y0: (toPhoto.y0 - top + 0.5) / factor - 0.5,
    },
  }
}

function averageDown(
  photo: Raster,
  left: number,
  top: number,
  columns: number,
  rows: number,
  factor: number,
): Raster {
  const data = new Uint8Array(columns * rows * 3)
  const sums = new Float64Array(columns * 3)
  const share = 1 / (factor * factor)
  for (let row = 0; row < rows; row++) {
    sums.fill(0.5)
    for (let y = 0; y < factor; y++) {
      let p = ((top + row * factor + y) * photo.width + left) * 3
      for (let s = 0; s < sums.length; s += 3) {
        let r = 0
        let g = 0
        let b = 0
        for (let x = 0; x < factor; x++, p += 3) {
          r += photo.data[p]!
          g += photo.data[p + 1]!
          b += photo.data[p + 2]!
        }
        sums[s]! += r * share
        sums[s + 1]! += g * share
        sums[s + 2]! += b * share
      }
    }
    data.set(sums, row * columns * 3)
  }
  return { data, width: columns, height: rows }
}
