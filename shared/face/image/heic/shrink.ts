import type { Raster } from '../raster.ts'
import type { Tile } from './libheif.ts'

/**
 * Averages the tile down by the factor into its place in the raster. What lies outside of the raster is left out.
 * @param x offset in the raster, as is y
 */
export function shrinkInto(
  raster: Raster,
  tile: Tile,
  { x, y }: { x: number; y: number },
  factor: number,
): void {
  const columns = Math.min(Math.ceil(tile.width / factor), raster.width - x)
  const rows = Math.min(Math.ceil(tile.height / factor), raster.height - y)
  if (columns <= 0) return
  const sums = new Uint32Array(3 * columns)
  for (let row = 0; row < rows; row++) {
    const target = 3 * ((y + row) * raster.width + x)
    const first = row * factor
    const last = Math.min(first + factor, tile.height)
    if (factor === 1) {
      const start = row * tile.stride
      raster.data.set(tile.data.subarray(start, start + 3 * columns), target)
      continue
    }
    sums.fill(0)
    for (let line = first; line < last; line++) addLine(sums, tile, line, factor)
    for (let column = 0; column < columns; column++) {
      const pixels = (last - first) * Math.min(factor, tile.width - column * factor)
      for (let at = 3 * column; at < 3 * column + 3; at++) {
        raster.data[target + at] = (sums[at]! + (pixels >> 1)) / pixels
      }
    }
  }
}

/** Adds `factor` pixels of the line at a time to each sum. */
function addLine(sums: Uint32Array, { data, stride, width }: Tile, line: number, factor: number): void {
  let from = line * stride
  for (let at = 0, left = width; at < sums.length; at += 3, left -= factor) {
    for (const end = from + 3 * Math.min(factor, left); from < end; from += 3) {
      sums[at]! += data[from]!
      sums[at + 1]! += data[from + 1]!
      sums[at + 2]! += data[from + 2]!
    }
  }
}
