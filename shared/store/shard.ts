import type { IndexedPhoto, KnownFaces, PackedPhotos } from './faces-port.ts'

/** Numbers of a face besides its descriptor: box and score. */
const ABOUT_FACE = 5
/** The header starts after its own length. */
const HEADER_AT = Uint32Array.BYTES_PER_ELEMENT

/** What the header tells of a photo; its faces follow one another in the other parts. */
type Entry = [
  file_id: string,
  md5: string,
  width: number,
  height: number,
  faces: number,
  descriptorLength: number,
  damaged?: true,
]

/** Bytes that a photo takes up in a shard, at most. */
export const packedSize = ({ file_id, md5, faces }: IndexedPhoto): number =>
  2 * file_id.length +
  md5.length +
  60 +
  faces.length * (Float32Array.BYTES_PER_ELEMENT * ABOUT_FACE) +
  faces.reduce((sum, { descriptor }) => sum + Float16Array.BYTES_PER_ELEMENT * descriptor.length, 0)

/**
 * Packs photos as one field, in the machine's byte order: the length of the header, the header as JSON, boxes and scores as
 * float32, descriptors as float16. That halves a face to 660 bytes and moves its distances by up to
 * 0.00005, and those near zero by up to 0.0002.
 */
export function packPhotos(photos: readonly IndexedPhoto[]): Uint8Array {
  const entries = photos.map(({ file_id, md5, width, height, faces, damaged }): Entry => {
    const length = faces[0]?.descriptor.length ?? 0
    return [file_id, md5, width, height, faces.length, length, ...(damaged ? [true as const] : [])] as Entry
  })
  const json = JSON.stringify(entries)
  const encoded = new TextEncoder().encode(json)
  // Typed arrays start at multiples of their element's size.
  const header = new TextEncoder().encode(json + ' '.repeat(-encoded.length & 3))
  const faces = photos.flatMap((photo) => photo.faces)
  const about = Float32Array.from(
    faces.flatMap(({ box, score }) => [box.x, box.y, box.width, box.height, score]),
  )
  const numbers = faces.reduce((sum, { descriptor }) => sum + descriptor.length, 0)
  const descriptors = new Float16Array(numbers)
  let at = 0
  for (const { descriptor } of faces) {
    descriptors.set(descriptor, at)
    at += descriptor.length
  }

  const bytes = new Uint8Array(HEADER_AT + header.length + about.byteLength + descriptors.byteLength)
  new Uint32Array(bytes.buffer, 0, 1).set([header.length])
  bytes.set(header, HEADER_AT)
  bytes.set(new Uint8Array(about.buffer), HEADER_AT + header.length)
  bytes.set(new Uint8Array(descriptors.buffer), HEADER_AT + header.length + about.byteLength)
  return bytes
}

/**
 * Reads what `packPhotos` packed, and unpacks a photo when it is asked for. Undefined for damaged bytes: their photos are
 * unknown, and analysed again.
 */
export function openPhotos(packed: Uint8Array): PackedPhotos | undefined {
  try {
    return open(packed)
  } catch {
    return undefined
  }
}

function open(packed: Uint8Array): PackedPhotos {
  // Copied, since database drivers return parts of larger buffers, at any offset.
  const { buffer } = new Uint8Array(packed)
  const [headerLength = 0] = new Uint32Array(buffer, 0, 1)
  const entries: Entry[] = JSON.parse(
    new TextDecoder().decode(new Uint8Array(buffer, HEADER_AT, headerLength)),
  )
  const faceCount = entries.reduce((sum, [, , , , faces]) => sum + faces, 0)
  const aboutAt = HEADER_AT + headerLength
  const about = new Float32Array(buffer, aboutAt, faceCount * ABOUT_FACE)
  const numberCount = entries.reduce((sum, [, , , , faces, length]) => sum + faces * length, 0)
  const descriptors = new Uint16Array(buffer, aboutAt + about.byteLength, numberCount)

  const places = new Map<string, { entry: Entry; face: number; number: number }>()
  let face = 0
  let number = 0
  for (const entry of entries) {
    const [file_id, , , , faces, length] = entry
    places.set(file_id, { entry, face, number })
    face += faces
    number += faces * length
  }

  /** Of `count` faces the one closest to a target. */
  function closestAt(number: number, count: number, length: number, targets: Float32Array): number {
    let closest = 0
    let least = Infinity
    for (let face = 0; face < count; face++) {
      for (let target = 0; target + length <= targets.length; target += length) {
        let sum = 0
        for (let index = 0; index < length; index++) {
          const value = FLOAT32[descriptors[number + face * length + index] as number] as number
          sum += (value - (targets[target + index] as number)) ** 2
        }
        if (sum < least) [least, closest] = [sum, face]
      }
    }
    return closest
  }

  function facesAt(first: number, number: number, count: number, length: number): KnownFaces['faces'] {
    return Array.from({ length: count }, (_, index) => {
      const [x = 0, y = 0, width = 0, height = 0, score = 0] = about.subarray((first + index) * ABOUT_FACE)
      const descriptor = fromFloat16(descriptors, number + index * length, length)
      return { box: { x, y, width, height }, score, descriptor }
    })
  }

  function placeOf(fileId: string, md5: string) {
    const place = places.get(fileId)
    return place?.entry[1] === md5 ? place : undefined
  }

  return {
    fileIds: [...places.keys()],
    has: (fileId, md5) => placeOf(fileId, md5) !== undefined,
    get(fileId, md5) {
      const place = placeOf(fileId, md5)
      if (place === undefined) return undefined
      const [, , width, height, count, length, damaged] = place.entry
      const faces = facesAt(place.face, place.number, count, length)
      return { width, height, ...(damaged && { damaged }), faces }
    },
    closest(fileId, md5, targets) {
      const place = places.get(fileId)
      if (place === undefined || place.entry[1] !== md5) return undefined
      const [, , width, height, count, length, damaged] = place.entry
      const face = closestAt(place.number, count, length, targets)
      const faces = facesAt(place.face + face, place.number + face * length, Math.min(count, 1), length)
      return { width, height, ...(damaged && { damaged }), faces }
    },
  }
}

/** The float32 of every float16. Looking one up is faster than any conversion: a search of an album does so for 20 million. */
const FLOAT32 = Float32Array.from(
  new Float16Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer),
)

function fromFloat16(bits: Uint16Array, from: number, length: number): Float32Array {
  const numbers = new Float32Array(length)
  for (let index = 0; index < length; index++)
    numbers[index] = FLOAT32[bits[from + index] as number] as number
  return numbers
}
