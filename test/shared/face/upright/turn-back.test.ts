import { expect, test } from '@jest/globals'
import { turnRaster } from '../../../../shared/face/image/raster.ts'
import { turnBack } from '../../../../shared/face/upright/turn-back.ts'

test.each([1, 2, 3] as const)('finds a pixel again after %d quarters', async (turn) => {
  const data = new Uint8Array(5 * 4 * 3)
  const [x, y] = [3, 1]
  data[(y * 5 + x) * 3] = 255
  const turned = await turnRaster({ data, width: 5, height: 4 }, turn)
  expect([turned.width, turned.height]).toEqual(turn === 2 ? [5, 4] : [4, 5])
  const at = turned.data.indexOf(255) / 3
  const there = { x: at % turned.width, y: Math.floor(at / turned.width) }
  const face = {
    box: { ...there, width: 1, height: 2 },
    score: 1,
    landmarks: Float32Array.of(there.x, there.y),
    descriptor: new Float32Array(1),
  }
  const { box, landmarks } = turnBack(face, { width: 5, height: 4 }, turn)
  expect([...landmarks]).toEqual([x, y])
  // The box begins with the pixel and goes on below it, which a turn makes left, above and right of it.
  expect(box).toEqual(
    {
      1: { x, y, width: 2, height: 1 },
      2: { x, y: y - 1, width: 1, height: 2 },
      3: { x: x - 1, y, width: 2, height: 1 },
    }[turn],
  )
})
