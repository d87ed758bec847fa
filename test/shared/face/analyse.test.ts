import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { analyseImage } from '../../../shared/face/analyse.ts'
import type { Raster } from '../../../shared/face/image/raster.ts'
import type { Face } from '../../../shared/face/port.ts'
import { faceAt } from './face-at.ts'
import { samplePhoto } from './photos.ts'

/** A mock of the nets that records the rasters it is given. */
function recordingModel(outcome: (shown: number) => Promise<Face[]>) {
  const shown: Raster[] = []
  const find = (photo: Raster) => {
    expect(photo.data.length).toBe(photo.width * photo.height * 3)
    shown.push(photo)
    return outcome(shown.length)
  }
  return { shown, model: { enough: 1920, find } }
}

test('frees the memory of a photo, and of a selfie with its margin (nets mocked)', async () => {
  const { shown, model } = recordingModel(async () => [])
  await analyseImage(model, await samplePhoto(1), { kind: 'selfie' })
  // Once as it is and in each other turn, each time also with a margin.
  expect(shown.map(({ data }) => data.length)).toEqual(Array(8).fill(0))
})

test('also frees the memory when the nets fail (nets mocked)', async () => {
  const { shown, model } = recordingModel(() => Promise.reject(new Error('no nets')))
  await expect(analyseImage(model, await samplePhoto(1), { kind: 'photo' })).rejects.toThrow('no nets')
  expect(shown.map(({ data }) => data.length)).toEqual([0])
})

test('pads a large selfie at 1,920 px and returns its face in pixels of the original (nets mocked)', async () => {
  const face = faceAt({ x: 960 + 100, y: 960 + 50, width: 200, height: 150 })
  const { shown, model } = recordingModel(async (count) => (count === 1 ? [] : [face]))
  const grey = sharp({ create: { width: 3840, height: 2880, channels: 3, background: '#888' } })
  const { faces } = await analyseImage({ ...model, enough: 4096 }, await grey.jpeg().toBuffer(), {
    kind: 'selfie',
  })
  expect(shown.map(({ width, height }) => [width, height])).toEqual([
    [3840, 2880],
    [3840, 3360],
  ])
  expect(faces[0]?.box).toEqual({ x: 200, y: 100, width: 400, height: 300 })
  const upper = faceAt({ x: 200, y: 100, width: 400, height: 300 }).landmarks.slice(27 * 2)
  expect(faces[0]?.landmarks.slice(27 * 2)[0]).toBeCloseTo(upper[0] ?? NaN, 3)
  expect(faces[0]?.landmarks.slice(27 * 2)[1]).toBeCloseTo(upper[1] ?? NaN, 3)
})
