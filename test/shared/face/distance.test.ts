import { expect, test } from '@jest/globals'
import { closestFace, descriptorDistance } from '../../../shared/face/distance.ts'
import type { Face } from '../../../shared/face/port.ts'

const descriptor = (first: number) => new Float32Array(128).fill(0).with(0, first)
const face = (first: number): Face => ({
  box: { x: 0, y: 0, width: 1, height: 1 },
  score: 1,
  landmarks: new Float32Array(136),
  descriptor: descriptor(first),
})

test('the distance is Euclidean', () => {
  expect(descriptorDistance(new Float32Array(128), new Float32Array(128).fill(1))).toBeCloseTo(Math.sqrt(128))
})

test('the closest face is the one with the smallest distance to any selfie', () => {
  const targets = Float32Array.from([...descriptor(0), ...descriptor(5)])
  const faces = [face(2), face(4.75), face(9)]
  const closest = closestFace(targets, faces)
  expect(closest?.face).toBe(faces[1])
  expect(closest?.distance).toBeCloseTo(0.25)
})

test('descriptors of another length are not compared', () => {
  const targets = new Float32Array(320)
  expect(() => closestFace(targets, [face(1)])).toThrow(RangeError)
})

test('there is no closest face without faces or without selfies', () => {
  expect(closestFace(descriptor(0), [])).toBeUndefined()
  expect(closestFace(new Float32Array(), [face(1)])).toBeUndefined()
})
