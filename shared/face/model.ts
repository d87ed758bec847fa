import type { Raster } from './image/raster.ts'
import type { Face } from './port.ts'

/** The nets as one worker thread holds them: loaded and warm. */
export interface FaceModel {
  /** A photo with a longer side of this many pixels shows all that the model can see. */
  readonly enough: number
  /** Every face of the photo, in no promised order, in pixels of the raster. */
  find(photo: Raster): Promise<Face[]>
}

export const ENGINES = ['onnx', 'tfjs'] as const
export type EngineName = (typeof ENGINES)[number]

/** `fast` looks once at the whole photo; `group` also looks for the small faces of group photos. */
export const DETAILS = ['fast', 'group'] as const
export type Detail = (typeof DETAILS)[number]
