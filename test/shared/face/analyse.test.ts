import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { analyseImage } from '../../../shared/face/analyse.ts'
import type { Raster } from '../../../shared/face/image/raster.ts'
import type { Face } from '../../../shared/face/port.ts'
import { samplePhoto } from './photos.ts'

/** A mock instead of the nets: it keeps what it is shown. */
function keepingModel(outcome: (shown: number) => Promise<Face[]>) {
  const shown: Raster[] = []
  const find = (photo: Raster) => {
    expect(photo.data.length).toBe(photo.width * photo.height * 3)
    shown.push(photo)
    return outcome(shown.length)
  }
  return { shown, model: { enough: 1920, find } }
}

test('with a mock of the nets: the memory of a photo, and of a selfie with its margin, is given back', async () => {
  const { shown, model } = keepingModel(async () => [])
  await analyseImage(model, await samplePhoto(1), { kind: 'selfie' })
  expect(shown.map(({ data }) => data.length)).toEqual([0, 0])
})

test('with a mock of the nets that fails: the memory is given back too', async () => {
  const { shown, model } = keepingModel(() => Promise.reject(new Error('no nets')))
  await expect(analyseImage(model, await samplePhoto(1), { kind: 'photo' })).rejects.toThrow('no nets')
  expect(shown.map(({ data }) => data.length)).toEqual([0])
})

test('with a mock of the nets: a large selfie gets its margin at 1,920 px, its face is in pixels of the selfie', async () => {
  const face: Face = {
    box: { x: 960 + 100, y: 960 + 50, width: 200, height: 150 },
    score: 0.9,
    landmarks: new Float32Array(136).fill(960 + 70),
    descriptor: new Float32Array(128),
  }
  const { shown, model } = keepingModel(async (count) => (count === 1 ? [] : [face]))
  const grey = sharp({ create: { width: 3840, height: 2880, channels: 3, background: '#888' } })
  const { faces } = await analyseImage({ ...model, enough: 4096 }, await grey.jpeg().toBuffer(), {
    kind: 'selfie',
  })
  expect(shown.map(({ width, height }) => [width, height])).toEqual([
    [3840, 2880],
    [3840, 3360],
  ])
  expect(faces[0]?.box).toEqual({ x: 200, y: 100, width: 400, height: 300 })
  expect([...(faces[0]?.landmarks ?? [])]).toEqual(Array(136).fill(140))
})
