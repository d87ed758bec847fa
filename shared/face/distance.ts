import { DLIB_LENGTH, type Face } from './port.ts'

export interface ClosestFace<F> {
  face: F
  distance: number
}

/**
 * The face closest to any of the targets; undefined when there are no faces or no targets.
 * @param targets the descriptors of the person's selfies, by the same engine as the faces, one after the other
 */
export function closestFace<F extends Pick<Face, 'descriptor'>>(
  targets: Float32Array,
  faces: readonly F[],
): ClosestFace<F> | undefined {
  let closest: ClosestFace<F> | undefined
  for (const face of faces) {
    const { length } = face.descriptor
    if (length === 0 || targets.length % length !== 0) throw new RangeError(lengthsDiffer(targets, face))
    for (let at = 0; at < targets.length; at += length) {
      const distance = descriptorDistance(targets.subarray(at, at + length), face.descriptor)
      if (closest === undefined || distance < closest.distance) closest = { face, distance }
    }
  }
  return closest
}

/**
 * Distances below which 1 to 3 in 100,000 strangers are, extrapolated from labelled photos: `npm run nets -- calibrate`
 * prints 0.81 of 100,000 for Western and 2.4 for Korean people, and dlib's distance for 1 in 100,000 Koreans.
 */
const SURE = { joint: 0.4, dlib: 0.26 }

/** How certain it is that a face that matches is the person's. */
export function matchCertainty({ face, distance }: ClosestFace<Pick<Face, 'descriptor'>>): 'sure' | 'likely' {
  return distance < (face.descriptor.length === DLIB_LENGTH ? SURE.dlib : SURE.joint) ? 'sure' : 'likely'
}

function lengthsDiffer(targets: Float32Array, { descriptor }: Pick<Face, 'descriptor'>): string {
  return `Targets of ${targets.length} numbers are no descriptors of ${descriptor.length}.`
}

/** Euclidean distance of two descriptors of the same length. */
export function descriptorDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? NaN) - (b[i] ?? NaN)) ** 2
  return Math.sqrt(sum)
}
