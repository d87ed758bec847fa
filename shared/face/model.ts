import type { Raster } from './image/raster.ts'
import type { Face } from './port.ts'

/** The nets of one worker process, loaded and warmed up. */
export interface FaceModel {
  /** Longer side in pixels above which a larger photo shows the model no more faces. */
  readonly enough: number
  /** Every face of the photo, in pixels of the raster and in no particular order. */
  find(photo: Raster): Promise<Face[]>
}

export const ENGINES = ['onnx', 'tfjs'] as const
export type EngineName = (typeof ENGINES)[number]

/**
 * The nets that a descriptor comes from: dlib's, with 128 numbers, or `both` dlib's and MobileFaceNet, with 320, which
 * recognises more people and confuses fewer.
 */
export const DESCRIPTOR_NETS = ['both', 'dlib'] as const
export type DescriptorNets = (typeof DESCRIPTOR_NETS)[number]

/** `fast` runs the detector once over the whole photo; `group` also finds the small faces of group photos. */
export const DETAILS = ['fast', 'group'] as const
export type Detail = (typeof DETAILS)[number]
