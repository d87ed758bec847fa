import { describe, expect, test } from '@jest/globals'
import {
  alignToFivePoints,
  alignToMeanFace,
  CHIP_POINTS,
  FIVE_POINTS,
} from '../../../../shared/face/describe/align.ts'
import type { Raster } from '../../../../shared/face/image/raster.ts'
import { squarePlace, warpInto } from '../../../../shared/face/image/warp.ts'

describe('alignment', () => {
  const similarities = [
    [1, 0, 0, 0],
    [2.5, 0, 100, 40],
    [0.4, 0.3, -20, 500],
    [0, -3, 900, 10],
  ] as const

  test.each(similarities)(
    'finds rotation, scale and translation of a face (%d, %d, %d, %d)',
    (a, b, x0, y0) => {
      const landmarks = new Float32Array(136)
      for (const { landmark, x, y } of CHIP_POINTS) {
        landmarks[landmark * 2] = a * x - b * y + x0
        landmarks[landmark * 2 + 1] = b * x + a * y + y0
      }
      const found = alignToMeanFace(landmarks)
      expect(found.a).toBeCloseTo(a, 3)
      expect(found.b).toBeCloseTo(b, 3)
      expect(found.x0).toBeCloseTo(x0, 2)
      expect(found.y0).toBeCloseTo(y0, 2)
    },
  )

  test.each(similarities)('to five points finds them too (%d, %d, %d, %d)', (a, b, x0, y0) => {
    const landmarks = new Float32Array(136)
    for (const { landmarks: own, x, y } of FIVE_POINTS) {
      for (const [i, landmark] of own.entries()) {
        // Around the point, which is their mean.
        const shift = i - (own.length - 1) / 2
        landmarks[landmark * 2] = a * x - b * y + x0 + shift
        landmarks[landmark * 2 + 1] = b * x + a * y + y0 - 2 * shift
      }
    }
    const found = alignToFivePoints(landmarks)
    expect(found.a).toBeCloseTo(a, 3)
    expect(found.b).toBeCloseTo(b, 3)
    expect(found.x0).toBeCloseTo(x0, 2)
    expect(found.y0).toBeCloseTo(y0, 2)
  })
})

describe('a cut-out', () => {
  /** Red grows to the right, green downwards. */
  const ramp = (width: number, height: number): Raster => ({
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3)
      return i % 3 === 0 ? pixel % width : i % 3 === 1 ? Math.floor(pixel / width) : 99
    }),
  })
  const plain = { mean: [0, 0, 0], scale: 1 } as const

  test.each([0.5, 1, 1.9, 3, 5.3])('shows the right part of the photo at a scale of %d', (step) => {
    const target = new Float32Array(3 * 16)
    const toPhoto = { a: step, b: 0, x0: 40, y0: 60 }
    warpInto(squarePlace(target, 0, 4), ramp(200, 200), toPhoto, { width: 4, height: 4 }, plain)
    for (let i = 0; i < 16; i++) {
      expect(Math.abs((target[i] as number) - (40 + (i % 4) * step))).toBeLessThan(0.51)
      expect(Math.abs((target[16 + i] as number) - (60 + Math.floor(i / 4) * step))).toBeLessThan(0.51)
      expect(target[32 + i]).toBeCloseTo(99, 3)
    }
  })

  test('is black outside the photo, and normalised', () => {
    const target = new Float32Array(2 * 3 * 4)
    const toPhoto = { a: 1, b: 0, x0: -50, y0: -50 }
    const size = { width: 2, height: 2 }
    warpInto(squarePlace(target, 1, 2), ramp(20, 20), toPhoto, size, { mean: [10, 20, 30], scale: 10 })
    expect([...target]).toEqual([
      ...Array(12).fill(0),
      ...Array(4).fill(-1),
      ...Array(4).fill(-2),
      ...Array(4).fill(-3),
    ])
  })

  test('averages a photo that is finer, so that a fine pattern becomes grey', () => {
    const data = Uint8Array.from({ length: 90 * 90 * 3 }, (_, i) =>
      (Math.floor(i / 3) % 90) % 2 === 0 ? 0 : 200,
    )
    const target = new Float32Array(3 * 100)
    const toPhoto = { a: 8, b: 0, x0: 4, y0: 4 }
    warpInto(
      squarePlace(target, 0, 10),
      { data, width: 90, height: 90 },
      toPhoto,
      { width: 10, height: 10 },
      plain,
    )
    expect(Math.min(...target)).toBeGreaterThan(95)
    expect(Math.max(...target)).toBeLessThan(105)
  })

  test.each([2, 3, 5])('has the right colours up to the end of a photo that is %d times finer', (factor) => {
    const side = 8 * factor
    const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => [10, 130, 255][i % 3] as number)
    const target = new Float32Array(3 * 64)
    const middle = (factor - 1) / 2
    const toPhoto = { a: factor, b: 0, x0: middle, y0: middle }
    const size = { width: 8, height: 8 }
    warpInto(squarePlace(target, 0, 8), { data, width: side, height: side }, toPhoto, size, plain)
    expect([...target]).toEqual([10, 130, 255].flatMap((value) => Array(64).fill(value)))
  })
})
