import { DESCRIPTOR_LENGTH } from '../face/distance.ts'
import type { KnownFaces } from './port.ts'

/** Width and height of the photo. */
const HEAD = 2
/** Box and score, then the descriptor. */
const PER_FACE = 5 + DESCRIPTOR_LENGTH

/** The faces of a photo as one field: float32 in the machine's byte order, 532 bytes a face. */
export function toBytes({ width, height, faces }: KnownFaces): Uint8Array {
  const numbers = new Float32Array(HEAD + faces.length * PER_FACE)
  numbers.set([width, height])
  for (const [index, { box, score, descriptor }] of faces.entries()) {
    numbers.set([box.x, box.y, box.width, box.height, score, ...descriptor], HEAD + index * PER_FACE)
  }
  return new Uint8Array(numbers.buffer)
}

/** Of any bytes that `toBytes` made, also those that a database driver hands out as a part of a larger Buffer. */
export function fromBytes(bytes: Uint8Array): KnownFaces {
  // Copied: a view of float32 must start at a multiple of four. Not by slice, which for a Buffer is a view.
  const numbers = new Float32Array(new Uint8Array(bytes).buffer)
  const faces: KnownFaces['faces'] = []
  for (let at = HEAD; at + PER_FACE <= numbers.length; at += PER_FACE) {
    const [x = 0, y = 0, width = 0, height = 0, score = 0] = numbers.subarray(at, at + 5)
    faces.push({ box: { x, y, width, height }, score, descriptor: numbers.slice(at + 5, at + PER_FACE) })
  }
  return { width: numbers[0] ?? 0, height: numbers[1] ?? 0, faces }
}
