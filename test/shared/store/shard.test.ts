import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { closestFace, descriptorDistance } from '../../../shared/face/distance.ts'
import type { IndexedPhoto } from '../../../shared/store/faces-port.ts'
import { openPhotos, packedSize, packPhotos } from '../../../shared/store/shard.ts'

const number = fc.float({ min: -10, max: 20_000, noNaN: true, noDefaultInfinity: true })
const photo = (length: number) =>
  fc.record<IndexedPhoto>({
    file_id: fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }),
    md5: fc.string({ maxLength: 32 }),
    width: fc.integer({ min: 1, max: 60_000 }),
    height: fc.integer({ min: 1, max: 60_000 }),
    damaged: fc.constantFrom(undefined, true),
    faces: fc.array(
      fc.record({
        box: fc.record({ x: number, y: number, width: number, height: number }),
        score: number,
        descriptor: fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
          return Float32Array.from(bytes, (byte) => byte / 256 - 0.5)
        }),
      }),
      { maxLength: 4 },
    ),
  })

const photos = fc
  .constantFrom(1, 3, 128, 320)
  .chain((length) => fc.uniqueArray(photo(length), { selector: ({ file_id }) => file_id, maxLength: 12 }))

test('packed photos are what they were, at any offset of a larger buffer', () => {
  fc.assert(
    fc.property(photos, fc.nat(7), (given, offset) => {
      const packed = packPhotos(given)
      const larger = new Uint8Array(packed.length + 16)
      larger.set(packed, offset)
      const opened = openPhotos(larger.subarray(offset, offset + packed.length))
      expect(opened?.fileIds).toEqual(given.map(({ file_id }) => file_id))
      for (const { file_id, md5, damaged, ...faces } of given) {
        expect([opened?.has(file_id, md5), opened?.has(file_id, `${md5}x`)]).toEqual([true, false])
        expect(opened?.get(file_id, md5)).toEqual({ ...faces, ...(damaged && { damaged }) })
        expect(opened?.get(file_id, `${md5} `)).toBeUndefined()
        expect(opened?.get(`${file_id} `, md5)).toBeUndefined()
      }
    }),
    { numRuns: 50 },
  )
})

test('a packed photo takes up at most what it was said to', () => {
  fc.assert(
    fc.property(photo(320), (given) => {
      const one = packPhotos([given, { ...given, file_id: 'other', faces: [] }])
      const without = packPhotos([{ ...given, file_id: 'other', faces: [] }])
      // Three bytes at the end of the header are for the alignment.
      expect(one.length - without.length - 3).toBeLessThanOrEqual(packedSize(given))
    }),
    { numRuns: 50 },
  )
})

test('distances hardly change, those near zero by more', () => {
  const descriptors = Array.from({ length: 200 }, (_, seed) =>
    Float32Array.from({ length: 320 }, (_value, at) => Math.sin(seed * 12.9898 + at * 78.233) / 18),
  )
  const opened = openPhotos(
    packPhotos(
      descriptors.map((descriptor, index) => ({
        file_id: String(index),
        md5: '',
        width: 1,
        height: 1,
        faces: [{ box: { x: 0, y: 0, width: 1, height: 1 }, score: 1, descriptor }],
      })),
    ),
  )
  const [target = new Float32Array(320)] = descriptors
  for (const [index, descriptor] of descriptors.entries()) {
    const kept = opened?.get(String(index), '')?.faces[0]?.descriptor ?? new Float32Array(320)
    const distance = descriptorDistance(target, descriptor)
    expect(Math.abs(descriptorDistance(target, kept) - distance)).toBeLessThan(distance < 0.1 ? 2e-4 : 5e-5)
  }
})

test('damaged bytes have no photos', () => {
  const photos = Array.from({ length: 3 }, (_, index) => ({
    ...{ file_id: String(index), md5: '', width: 1, height: 1 },
    faces: [{ box: { x: 0, y: 0, width: 1, height: 1 }, score: 1, descriptor: new Float32Array(128) }],
  }))
  const packed = packPhotos(photos)
  for (const damaged of [
    packed.subarray(0, 0),
    packed.subarray(0, 3),
    packed.subarray(0, 30),
    packed.subarray(0, packed.length - 256),
    [255, 255, 255, 255, ...packed.subarray(4)],
    [...packed.subarray(0, 4), 0x7b, ...packed.subarray(5)],
  ]) {
    expect(openPhotos(Uint8Array.from(damaged))).toBeUndefined()
  }
})

test('the closest face is the one that unpacking all of them finds', () => {
  const descriptorOf = (seed: number) =>
    Float32Array.from({ length: 320 }, (_value, at) => Math.sin(seed * 12.9898 + at * 78.233) / 18)
  const photos = Array.from({ length: 40 }, (_, index) => ({
    ...{ file_id: String(index), md5: 'v1', width: 9, height: 8 },
    faces: Array.from({ length: index % 5 }, (_face, face) => ({
      box: { x: index, y: face, width: 1, height: 1 },
      score: 0.5,
      descriptor: descriptorOf(index * 7 + face),
    })),
  }))
  const opened = openPhotos(packPhotos(photos))
  const targets = Float32Array.from([...descriptorOf(17), ...descriptorOf(99)])
  for (const { file_id } of photos) {
    const all = opened?.get(file_id, 'v1')
    const closest = closestFace(targets, all?.faces ?? [])?.face
    expect(opened?.closest(file_id, 'v1', targets)).toEqual({ ...all, faces: closest ? [closest] : [] })
  }
  expect(opened?.closest('0', 'v2', targets)).toBeUndefined()
})
