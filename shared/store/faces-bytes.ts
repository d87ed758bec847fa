import type { KnownFaces } from './faces-port.ts'

/** Numbers before the faces: width and height of the photo, length of a descriptor, 1 for a damaged photo. */
const HEADER = 4
/** Numbers of a face before its descriptor: box and score. */
const BEFORE_DESCRIPTOR = 5

/**
 * The faces of a photo as one field: float32 in the machine's byte order, 1,300 bytes per face with descriptors of 320
 * numbers. Change the engines' ids together with this format, so that entries in the old one are ignored.
 */
export function toBytes({ width, height, damaged, faces }: KnownFaces): Uint8Array {
  const length = faces[0]?.descriptor.length ?? 0
  const perFace = BEFORE_DESCRIPTOR + length
  const numbers = new Float32Array(HEADER + faces.length * perFace)
  numbers.set([width, height, length, damaged ? 1 : 0])
  for (const [index, { box, score, descriptor }] of faces.entries()) {
    const at = HEADER + index * perFace
    numbers.set([box.x, box.y, box.width, box.height, score], at)
    numbers.set(descriptor, at + BEFORE_DESCRIPTOR)
  }
  return new Uint8Array(numbers.buffer)
}

/** The inverse of `toBytes`. The bytes may be part of a larger Buffer, as database drivers return them. */
export function fromBytes(bytes: Uint8Array): KnownFaces {
  // Copied, because a Float32Array must start at a multiple of four. Slicing a Buffer would not copy.
  const numbers = new Float32Array(new Uint8Array(bytes).buffer)
  const [photoWidth = 0, photoHeight = 0, length = 0, damaged] = numbers
  const perFace = BEFORE_DESCRIPTOR + length
  const faces: KnownFaces['faces'] = []
  for (let at = HEADER; at + perFace <= numbers.length; at += perFace) {
    const [x = 0, y = 0, width = 0, height = 0, score = 0] = numbers.subarray(at, at + BEFORE_DESCRIPTOR)
    const descriptor = numbers.slice(at + BEFORE_DESCRIPTOR, at + perFace)
    faces.push({ box: { x, y, width, height }, score, descriptor })
  }
  return { width: photoWidth, height: photoHeight, ...(damaged === 1 && { damaged: true }), faces }
}
