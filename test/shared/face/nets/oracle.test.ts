import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { createPool } from '../../../../shared/face/pool/pool.ts'
import { sample } from '../../../sample.ts'
import { samplePhoto } from '../photos.ts'
import type { Verdict } from './oracle-worker.ts'

const { models: modelsDir } = await sample()

const worker = fileURLToPath(new URL('./oracle-worker.ts', import.meta.url))

/** Differences up to these are rounding. Boxes and landmarks in pixels, descriptors by their Euclidean distance. */
const TOLERANCE = { score: 1e-4, box: 0.05, landmark: 0.05, descriptor: 1e-3 }

describe('the converted nets give the results of face-api', () => {
  const pool = createPool<Uint8Array, Verdict>({
    spawn: () => fork(worker, [modelsDir], { serialization: 'advanced' }),
    // A second process would take half as long again to load TensorFlow.js as it then saves.
    concurrency: 1,
    maxTasks: 1000,
    taskTimeout: 60_000,
    startTimeout: 60_000,
    maxMemory: Infinity,
    maxCpu: Infinity,
  })
  afterAll(() => pool.close())

  const whole = (image: Sharp) => image
  /** Takes face-api a third less time, while the detector's input has as many pixels. */
  const halved = (image: Sharp) => image.resize({ width: 960 })
  test.each<[string, number, (image: Sharp) => Sharp]>([
    ['sample1.jpg', 1, halved],
    ['sample2.jpg', 2, halved],
    ['sample3.jpg', 3, halved],
    ['sample4.jpg', 4, halved],
    ['sample5.jpg', 5, whole],
    ['sample6.jpg', 6, halved],
    ['sample5.jpg tilted', 5, (image) => halved(image).rotate(15)],
    ['sample1.jpg upside down', 1, (image) => halved(image).rotate(180)],
    ['sample6.jpg small', 6, (image) => image.resize({ width: 500 })],
    [
      'sample4.jpg cut through faces',
      4,
      (image) => image.extract({ left: 250, top: 60, width: 900, height: 1200 }),
    ],
    ['sample2.jpg grey', 2, (image) => halved(image).grayscale()],
  ])('%s', async (_, number, change) => {
    const { expected, actual } = await pool.run(
      await change(sharp(await samplePhoto(number)))
        // Without loss and without the time that compression takes.
        .tiff({ compression: 'none' })
        .toBuffer(),
    )
    expect(expected.length).toBeGreaterThan(0)
    expect(actual).toHaveLength(expected.length)
    for (const [i, face] of expected.entries()) {
      const ours = actual[i] as (typeof actual)[number]
      expect(Math.abs(ours.score - face.score)).toBeLessThan(TOLERANCE.score)
      expect(largest(Object.values(ours.box), Object.values(face.box))).toBeLessThan(TOLERANCE.box)
      expect(largest(ours.landmarks, face.landmarks)).toBeLessThan(TOLERANCE.landmark)
      expect(distance(ours.descriptor, face.descriptor)).toBeLessThan(TOLERANCE.descriptor)
    }
  })
})

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))))
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] ?? NaN)))
}
