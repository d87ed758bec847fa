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

/**
 * Frees the array's memory at once and leaves the array empty. Left to the garbage collector, the tens of megabytes of
 * each photo would make it run for every second photo. Does nothing for a view of a part of a buffer.
 */
export function release({ buffer, byteLength }: Uint8Array | Float32Array): void {
  if ('transfer' in buffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
