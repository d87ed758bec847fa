import { expect, test } from '@jest/globals'
import { CALIBRATION, join, jointDistance, separate } from '../../../../shared/face/describe/joint.ts'
import { descriptorDistance } from '../../../../shared/face/distance.ts'

const numbers = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed * 100 + i) / Math.sqrt(length))
const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0) / Math.hypot(...a) / Math.hypot(...b)

const dlib = [numbers(128, 1), numbers(128, 2)] as const
const mobileFaceNet = [numbers(192, 3), numbers(192, 4)] as const

test('the distance of joint descriptors follows from the distances of their parts', () => {
  const [a, b] = [join(dlib[0], mobileFaceNet[0]), join(dlib[1], mobileFaceNet[1])]
  expect(a).toHaveLength(320)
  const parts = { dlib: descriptorDistance(...dlib), mobileFaceNet: 1 - cosine(...mobileFaceNet) }
  expect(descriptorDistance(a, b)).toBeCloseTo(jointDistance(CALIBRATION)(parts), 5)
})

test('the length of what MobileFaceNet returns does not matter', () => {
  const longer = mobileFaceNet[0].map((value) => value * 7)
  expect(descriptorDistance(join(dlib[0], longer), join(dlib[0], mobileFaceNet[0]))).toBeCloseTo(0, 5)
})

test('a joint descriptor comes apart again', () => {
  const parts = separate(join(dlib[0], mobileFaceNet[0]))
  expect(descriptorDistance(parts.dlib, dlib[0])).toBeCloseTo(0, 5)
  expect(cosine(parts.mobileFaceNet, mobileFaceNet[0])).toBeCloseTo(1, 5)
  expect(Math.hypot(...parts.mobileFaceNet)).toBeCloseTo(1, 5)
})
