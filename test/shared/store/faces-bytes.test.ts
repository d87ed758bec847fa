import { expect, test } from '@jest/globals'
import { fromBytes, toBytes } from '../../../shared/store/faces-bytes.ts'

const known = {
  width: 4000,
  height: 3000,
  faces: [1, 2].map((value) => ({
    box: { x: value, y: 2.5, width: 30.25, height: 40 },
    score: 0.5,
    descriptor: new Float32Array(320).fill(value / 4),
  })),
}

test.each([
  ['an array of their own', (bytes: Uint8Array) => bytes],
  ['an odd place inside a larger Buffer', insideBuffer],
  [
    'an odd place inside a larger array',
    (bytes: Uint8Array) => new Uint8Array(insideBuffer(bytes).buffer, 1, bytes.length),
  ],
])('faces come back from bytes in %s', (_, place) => {
  expect(fromBytes(place(toBytes(known)))).toEqual(known)
  const damaged = { ...known, damaged: true }
  expect(fromBytes(place(toBytes(damaged)))).toEqual(damaged)
})

test('a photo without faces keeps its size', () => {
  expect(fromBytes(toBytes({ width: 640, height: 480, faces: [] }))).toEqual({
    width: 640,
    height: 480,
    faces: [],
  })
})

/** Like a field from gRPC's protobuf reader: a view into the whole message. */
function insideBuffer(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const message = Buffer.from(new ArrayBuffer(bytes.length + 8))
  message.set(bytes, 1)
  return message.subarray(1, 1 + bytes.length)
}
