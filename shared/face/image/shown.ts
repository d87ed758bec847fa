import type { Raster } from './raster.ts'

/** How far a missing pixel may be from the decoder's grey: colour profiles change it a little. */
const TOLERANCE = 3
const GREY = 128

/**
 * Share of the photo's lines that its damaged file still shows, 0 to 1. Decoders fill the missing ones with grey
 * or leave them transparent, which becomes grey; they are at one side, whichever way the photo is turned.
 */
export function shownShare({ data, width, height }: Raster): number {
  const isMissing = (x: number, y: number) => {
    const at = 3 * (y * width + x)
    const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!]
    return Math.max(Math.abs(r - GREY), Math.abs(g - GREY), Math.abs(b - GREY)) <= TOLERANCE
  }
  const rows = (y: number) => every(width, (x) => isMissing(x, y))
  const columns = (x: number) => every(height, (y) => isMissing(x, y))
  const missing = Math.max(
    run(height, (i) => rows(height - 1 - i)) / height,
    run(height, rows) / height,
    run(width, (i) => columns(width - 1 - i)) / width,
    run(width, columns) / width,
  )
  return 1 - missing
}

function every(length: number, holds: (index: number) => boolean): boolean {
  return run(length, holds) === length
}

/** For how many indices in a row, from 0 on, this holds. */
function run(length: number, holds: (index: number) => boolean): number {
  let index = 0
  while (index < length && holds(index)) index++
  return index
}
