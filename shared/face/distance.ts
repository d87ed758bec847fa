import type { Face } from './port.ts'

export const DESCRIPTOR_LENGTH = 128

export interface ClosestFace<F> {
  face: F
  distance: number
}

/**
 * The face closest to any of the targets; undefined when there are no faces or no targets.
 * @param targets the descriptors of the person's selfies, 128 numbers each, one after the other
 */
export function closestFace<F extends Pick<Face, 'descriptor'>>(
  targets: Float32Array,
  faces: readonly F[],
): ClosestFace<F> | undefined {
  let closest: ClosestFace<F> | undefined
  for (const face of faces) {
    for (let at = 0; at + DESCRIPTOR_LENGTH <= targets.length; at += DESCRIPTOR_LENGTH) {
      const distance = descriptorDistance(targets.subarray(at, at + DESCRIPTOR_LENGTH), face.descriptor)
      if (closest === undefined || distance < closest.distance) closest = { face, distance }
    }
  }
  return closest
}

/** Euclidean distance of two descriptors of 128 numbers. */
export function descriptorDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < DESCRIPTOR_LENGTH; i++) sum += ((a[i] ?? NaN) - (b[i] ?? NaN)) ** 2
  return Math.sqrt(sum)
}
