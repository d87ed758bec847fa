import { DESCRIPTOR_LENGTH } from '../face/distance.ts'
import type { KnownFaces } from './port.ts'

/** Numbers before the faces: width and height of the photo. */
const HEADER = 2
/** Numbers per face: box and score, then the descriptor. */
const PER_FACE = 5 + DESCRIPTOR_LENGTH

/** The faces of a photo as one field: float32 in the machine's byte order, 532 bytes per face. */
export function toBytes({ width, height, faces }: KnownFaces): Uint8Array {
  const numbers = new Float32Array(HEADER + faces.length * PER_FACE)
  numbers.set([width, height])
  for (const [index, { box, score, descriptor }] of faces.entries()) {
    numbers.set([box.x, box.y, box.width, box.height, score, ...descriptor], HEADER + index * PER_FACE)
  }
  return new Uint8Array(numbers.buffer)
}

/** The inverse of `toBytes`. The bytes may be part of a larger Buffer, as database drivers return them. */
export function fromBytes(bytes: Uint8Array): KnownFaces {
  // Copied, because a Float32Array must start at a multiple of four. Slicing a Buffer would not copy.
  const numbers = new Float32Array(new Uint8Array(bytes).buffer)
  const faces: KnownFaces['faces'] = []
  for (let at = HEADER; at + PER_FACE <= numbers.length; at += PER_FACE) {
    const [x = 0, y = 0, width = 0, height = 0, score = 0] = numbers.subarray(at, at + 5)
    faces.push({ box: { x, y, width, height }, score, descriptor: numbers.slice(at + 5, at + PER_FACE) })
  }
  return { width: numbers[0] ?? 0, height: numbers[1] ?? 0, faces }
}
