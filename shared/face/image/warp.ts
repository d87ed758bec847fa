import type { Raster } from './raster.ts'

/** A rotation, scaling and translation: (x, y) becomes (a·x − b·y + x0, b·x + a·y + y0). */
export interface Similarity {
  a: number
  b: number
  x0: number
  y0: number
}

/** How a net's input is normalised, per channel: (value − mean) / scale. */
export interface Normalisation {
  mean: readonly [number, number, number]
  scale: number
}

/** Where a cut-out goes in a net's input, which consists of three planes. */
export interface Place {
  target: Float32Array
  /** Index of the cut-out's first pixel in the first plane. */
  offset: number
  /** Numbers per row and per plane. */
  row: number
  plane: number
}

/**
 * Cuts a rectangle out of the photo into a net's input. Outside the photo it is black. Pixel centres have integer
 * coordinates. A photo that is finer than the cut-out is first averaged down by an integer factor, then sampled bilinearly.
 * @param toPhoto maps pixels of the cut-out to pixels of the photo
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
  const { a, b } = map
  const [m0, m1, m2] = mean
  const factor = 1 / scale
  for (let row = 0; row < size.height; row++) {
    const x0 = map.x0 - b * row
    const y0 = map.y0 + a * row
    let at = offset + row * rowLength
    for (let column = 0; column < size.width; column++, at++) {
      const x = x0 + a * column
      const y = y0 + b * column
      let red = 0
      let green = 0
      let blue = 0
      if (x >= 0 && y >= 0 && x < width - 1 && y < height - 1) {
        const left = x | 0
        const top = y | 0
        const fx = x - left
        const fy = y - top
        const p = (top * width + left) * 3
        const q = p + width * 3
        red = mix(mix(data[p]!, data[p + 3]!, fx), mix(data[q]!, data[q + 3]!, fx), fy)
        green = mix(mix(data[p + 1]!, data[p + 4]!, fx), mix(data[q + 1]!, data[q + 4]!, fx), fy)
        blue = mix(mix(data[p + 2]!, data[p + 5]!, fx), mix(data[q + 2]!, data[q + 5]!, fx), fy)
      } else if (x > -1 && y > -1 && x < width && y < height) {
        const p = (clamp(Math.round(y), height) * width + clamp(Math.round(x), width)) * 3
        red = data[p]!
        green = data[p + 1]!
        blue = data[p + 2]!
      }
      target[at] = (red - m0) * factor
      target[at + plane] = (green - m1) * factor
      target[at + 2 * plane] = (blue - m2) * factor
    }
  }
}

function mix(from: number, to: number, part: number): number {
  return from + (to - from) * part
}

/** The place of number `index` of several square inputs that follow each other. */
export function squarePlace(target: Float32Array, index: number, size: number): Place {
  return { target, offset: index * 3 * size * size, row: size, plane: size * size }
}

function clamp(index: number, size: number): number {
  return Math.max(0, Math.min(size - 1, index))
}

/** The part of the photo under the cut-out, averaged down to one to two of its pixels per pixel of the cut-out. */
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

/** Reads a pixel as one number and sums red and blue of a line in it at once, which factors up to 257 have room for. */
function averageDown(
  photo: Raster,
  left: number,
  top: number,
  columns: number,
  rows: number,
  factor: number,
): Raster {
  const data = new Uint8Array(columns * rows * 3)
  const share = 1 / (factor * factor)
  const pixels = new DataView(photo.data.buffer, photo.data.byteOffset, photo.data.byteLength)
  const line = photo.width * 3
  const lastLine = (photo.height - 1) * line
  let at = 0
  for (let row = 0; row < rows; row++) {
    let start = (top + row * factor) * line + left * 3
    if (factor === 2 && start + line < lastLine) {
      halveLines(pixels, start, line, data.subarray(at, at + columns * 3))
      at += columns * 3
      continue
    }
    for (let column = 0; column < columns; column++, at += 3, start += factor * 3) {
      let red = 0
      let green = 0
      let blue = 0
      for (let y = 0, first = start; y < factor; y++, first += line) {
        // The photo's last line is read from one byte further ahead: there is no fourth byte behind its last pixel.
        const ahead = first < lastLine ? 0 : 1
        let redAndBlue = 0
        for (let p = first - ahead; p < first - ahead + factor * 3; p += 3) {
          const pixel = pixels.getInt32(p, true) >>> (8 * ahead)
          redAndBlue += pixel & 0xff00ff
          green += pixel & 0xff00
        }
        red += redAndBlue & 0xffff
        blue += redAndBlue >>> 16
      }
      data[at] = red * share + 0.5
      data[at + 1] = (green >>> 8) * share + 0.5
      data[at + 2] = blue * share + 0.5
    }
  }
  return { data, width: columns, height: rows }
}

/** The same for the two lines from `start` and a factor of 2, which most faces have: twice as fast. */
function halveLines(pixels: DataView, start: number, line: number, means: Uint8Array): void {
  for (let at = 0, upper = start, lower = start + line; at < means.length; at += 3, upper += 6, lower += 6) {
    const p = pixels.getInt32(upper, true)
    const q = pixels.getInt32(upper + 3, true)
    const r = pixels.getInt32(lower, true)
    const s = pixels.getInt32(lower + 3, true)
    const redAndBlue = (p & 0xff00ff) + (q & 0xff00ff) + (r & 0xff00ff) + (s & 0xff00ff)
    means[at] = ((redAndBlue & 0xffff) + 2) >> 2
    means[at + 1] = ((p & 0xff00) + (q & 0xff00) + (r & 0xff00) + (s & 0xff00) + 0x200) >> 10
    means[at + 2] = ((redAndBlue >> 16) + 2) >> 2
  }
}
