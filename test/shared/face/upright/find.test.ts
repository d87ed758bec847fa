import { expect, test } from '@jest/globals'
import type { Raster } from '../../../../shared/face/image/raster.ts'
import type { Face } from '../../../../shared/face/port.ts'
import { findUpright } from '../../../../shared/face/upright/find.ts'
import { faceAt } from '../face-at.ts'

const face = faceAt({ x: 20, y: 30, width: 40, height: 50 })
const photo: Raster = { data: new Uint8Array(200 * 100 * 3), width: 200, height: 100 }

/** As the landmark net sees a face on its side: far too small for its box. */
const sideways: Face = { ...face, landmarks: face.landmarks.map((value) => 30 + value * 0.1) }
/** Landmarks right, but tilted by almost a quarter: upright in another turn of the photo. */
const tilted: Face = { ...face, landmarks: face.landmarks.map((_, i, all) => tilt(all, i)) }

function tilt(landmarks: Float32Array, i: number): number {
  const [x, y] = i % 2 === 0 ? [i, i + 1] : [i - 1, i]
  const [u = 0, v = 0] = [landmarks[x], landmarks[y]]
  return i % 2 === 0 ? u * Math.cos(1.4) - v * Math.sin(1.4) : u * Math.sin(1.4) + v * Math.cos(1.4)
}

/** A mock of the nets that returns these faces one look after the other, then none, and records what it was shown. */
function looks(...answers: Face[][]) {
  const shown: { width: number; height: number }[] = []
  const find = async ({ width, height }: Raster) => {
    shown.push({ width, height })
    return answers[shown.length - 1] ?? []
  }
  return { shown, find }
}

test.each(['photo', 'selfie'] as const)('looks once at a %s with an upright face', async (kind) => {
  const { shown, find } = looks([sideways, face])
  expect(await findUpright(find, photo, kind)).toEqual([face])
  expect(shown).toEqual([{ width: 200, height: 100 }])
})

test('looks once more at a photo without a face, at both of its sides together', async () => {
  const { shown, find } = looks()
  expect(await findUpright(find, photo, 'photo')).toEqual([])
  expect(shown).toEqual([
    { width: 200, height: 100 },
    { width: 200, height: 200 },
  ])
})

test.each([
  ['left', { x: 20, y: 30 }, { x: 30, y: 100 - 20 - 40 }],
  ['right', { x: 120, y: 30 }, { x: 200 - 30 - 50, y: 20 }],
])('returns a face that only the %s side shows, in pixels of the photo', async (_, seen, there) => {
  const { shown, find } = looks([], [faceAt({ ...seen, width: 40, height: 50 })], [face])
  const found = await findUpright(find, photo, 'photo')
  expect(found.map(({ box }) => box)).toEqual([{ ...there, width: 50, height: 40 }])
  expect(shown.at(-1)).toEqual({ width: 100, height: 200 })
})

test('drops faces that lie on their side where no turn shows them upright', async () => {
  const { shown, find } = looks([sideways, tilted], [sideways], [], [])
  expect(await findUpright(find, photo, 'photo')).toEqual([])
  expect(shown).toHaveLength(4)
})

test('keeps those who stand beside somebody who lies', async () => {
  const beside = { ...faceAt({ x: 20, y: 30, width: 40, height: 50 }), score: 0.45 }
  const { find } = looks([sideways, beside], [], [face], [], [face])
  const found = await findUpright(find, photo, 'photo')
  expect(found.map(({ box }) => box.x)).toEqual([200 - 20 - 40, 20])
})

test('leaves a photo as it is where a turn shows a face that fits hardly better', async () => {
  const doubtful = { ...face, score: 0.7 }
  const { find } = looks([doubtful], [{ ...face, score: 0.75 }], [], [])
  expect(await findUpright(find, photo, 'photo')).toEqual([doubtful])
})

test('looks at smaller copies, and at the whole of the photo in the turn that fits', async () => {
  const large = { data: new Uint8Array(2048 * 1024 * 3), width: 2048, height: 1024 }
  const { shown, find } = looks([sideways], [], [face], [], [face])
  const found = await findUpright(find, large, 'selfie')
  expect(found.map(({ box }) => box)).toEqual([
    { x: 2048 - 20 - 40, y: 1024 - 30 - 50, width: 40, height: 50 },
  ])
  expect(shown).toEqual([
    { width: 2048, height: 1024 },
    { width: 512, height: 1024 },
    { width: 1024, height: 512 },
    { width: 512, height: 1024 },
    { width: 2048, height: 1024 },
  ])
})
