/** 8-bit sRGB pixels as r, g, b, row by row from the top left corner, without padding between rows. */
export interface Raster {
  data: Uint8Array
  width: number
  height: number
}

/** The raster in the middle of a grey one, `margin` pixels larger on each side. */
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
 * Gives memory back at once, and leaves the array empty. The garbage collector finds out late, and the tens of megabytes
 * of each photo make it run for every second one.
 */
export function release({ buffer, byteLength }: Uint8Array | Float32Array): void {
  if ('transfer' in buffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
