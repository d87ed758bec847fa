import sharp from 'sharp'

/** 8-bit sRGB pixels as r, g, b, row by row from the top left corner. Rows are not padded. */
export interface Raster {
  data: Uint8Array
  width: number
  height: number
}

/** Adds a grey margin of `margin` pixels on each side. */
export function padRaster(raster: Raster, margin: number): Raster {
  const width = raster.width + 2 * margin
  const height = raster.height + 2 * margin
  const data = new Uint8Array(width * height * 3).fill(128)
  const row = raster.width * 3
  for (let y = 0; y < raster.height; y++) {
    data.set(raster.data.subarray(y * row, (y + 1) * row), ((y + margin) * width + margin) * 3)
  }
  return { data, width, height }
}

/** Turned clockwise by this many quarters. */
export type Turn = 1 | 2 | 3

export async function turnRaster({ data, width, height }: Raster, turn: Turn): Promise<Raster> {
  const turned = await sharp(data, { raw: { width, height, channels: 3 } })
    .rotate(turn * 90)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data: turned.data, width: turned.info.width, height: turned.info.height }
}

/** Puts two rasters of one size into one: beside each other where they are upright, else one below the other. */
export function joinRasters(first: Raster, second: Raster): Raster & { second: { x: number; y: number } } {
  const { width, height } = first
  const beside = height > width
  const data = new Uint8Array(first.data.length + second.data.length)
  const row = width * 3
  for (let y = 0; y < height; y++) {
    const line = y * row
    data.set(first.data.subarray(line, line + row), beside ? 2 * line : line)
    data.set(second.data.subarray(line, line + row), beside ? 2 * line + row : first.data.length + line)
  }
  return beside
    ? { data, width: 2 * width, height, second: { x: width, y: 0 } }
    : { data, width, height: 2 * height, second: { x: 0, y: height } }
}

/**
 * Frees the array's memory at once and leaves the array empty. Left to the garbage collector, the tens of megabytes of
 * each photo would make it run for every second photo. Does nothing for a view of a part of a buffer.
 */
export function release({ buffer, byteLength }: Uint8Array | Float32Array): void {
  if ('transfer' in buffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
