import sharp, { type Sharp } from 'sharp'
import type { Size } from '../photo.ts'
import { type Raster, release } from '../raster.ts'
import type { Transformation } from './libheif.ts'

/** The transformations for a raster that is smaller than the coded image, and the size of the whole image after them. */
export interface Plan {
  size: Size
  steps: ((raster: Sharp) => Sharp)[]
}

/** @param factor by which the raster is smaller than the coded image, which has this size */
export function planTransformations(
  coded: Size,
  transformations: readonly Transformation[],
  factor: number,
): Plan {
  let size = coded
  const steps = transformations.map((transformation): Plan['steps'][number] => {
    if (transformation.type === 'flip') {
      return (raster) => (transformation.axis === 'vertical' ? raster.flip() : raster.flop())
    }
    if (transformation.type === 'rotate') {
      const { degrees } = transformation
      if (degrees % 180 !== 0) size = { width: size.height, height: size.width }
      return (raster) => raster.rotate(degrees)
    }
    const { left, top, right, bottom } = transformation.borders(size)
    const before = size
    size = { width: before.width - left - right, height: before.height - top - bottom }
    if (left < 0 || top < 0 || right < 0 || bottom < 0 || size.width < 1 || size.height < 1) {
      throw new Error('The file cuts more off its image than there is.')
    }
    const region = {
      left: Math.floor(left / factor),
      top: Math.floor(top / factor),
      width: Math.ceil(size.width / factor),
      height: Math.ceil(size.height / factor),
    }
    return (raster) => raster.extract(region)
  })
  return { size, steps }
}

/** Takes over the raster. */
export async function transformRaster(raster: Raster, steps: Plan['steps']): Promise<Raster> {
  let current = raster
  for (const step of steps) {
    const { data, width, height } = current
    const changed = await step(sharp(data, { raw: { width, height, channels: 3 } }))
      .raw()
      .toBuffer({ resolveWithObject: true })
    release(data)
    current = { data: changed.data, width: changed.info.width, height: changed.info.height }
  }
  return current
}
