import { expect, test } from '@jest/globals'
import { analyseImage } from '../../../shared/face/analyse.ts'
import type { Raster } from '../../../shared/face/raster.ts'
import { samplePhoto } from './photos.ts'

/** A mock instead of the nets: it keeps what it is shown. */
function keepingModel(outcome: () => Promise<[]>) {
  const shown: Raster[] = []
  const find = (photo: Raster) => {
    expect(photo.data.length).toBe(photo.width * photo.height * 3)
    shown.push(photo)
    return outcome()
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
