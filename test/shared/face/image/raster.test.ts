import { expect, test } from '@jest/globals'
import { joinRasters, padRaster, release } from '../../../../shared/face/image/raster.ts'

test('padding adds a grey margin on all sides', () => {
  const { data, width, height } = padRaster({ data: Uint8Array.of(1, 2, 3), width: 1, height: 1 }, 1)
  expect([width, height]).toEqual([3, 3])
  expect([...data.subarray(12, 15)]).toEqual([1, 2, 3])
  expect(data.filter((value) => value === 128)).toHaveLength(24)
})

test('joins upright rasters side by side, and others one below the other', () => {
  const raster = (width: number, height: number, first: number) => ({
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => first + i),
    width,
    height,
  })
  expect(joinRasters(raster(1, 2, 0), raster(1, 2, 10))).toEqual({
    data: Uint8Array.of(0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15),
    width: 2,
    height: 2,
    second: { x: 1, y: 0 },
  })
  expect(joinRasters(raster(2, 1, 0), raster(2, 1, 10))).toEqual({
    data: Uint8Array.of(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15),
    width: 2,
    height: 2,
    second: { x: 0, y: 1 },
  })
})

test('releasing an array with memory of its own leaves it empty', () => {
  const pixels = new Uint8Array(9)
  const planes = new Float32Array(9)
  release(pixels)
  release(planes)
  expect([pixels.length, planes.length]).toEqual([0, 0])
})

test('releasing an array that shares its memory changes nothing', () => {
  const pool = new Uint8Array(9).fill(7)
  release(pool.subarray(3))
  release(pool.subarray(0, 6))
  expect([...pool]).toEqual(Array(9).fill(7))
})
