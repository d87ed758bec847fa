import { createFaceEngine } from '../../../shared/face/engine.ts'
import { check, round } from '../measure.ts'
import { ownUsage } from '../own-usage.ts'
import { samplePhotos } from './photos.ts'

const STEPS = 10
const FACES = [3, 3, 3, 4, 5, 4]

/** Resident memory of all processes, and speed, of two workers that analyse many photos without being replaced. */
export async function benchMemory(modelsDir: string, count: number) {
  const options = {
    engine: 'onnx',
    detail: 'group',
    nets: 'both',
    modelsDir,
    concurrency: 2,
    maxTasks: 1e9,
  } as const
  const engine = createFaceEngine(options)
  const photos = await samplePhotos()
  await engine.ready()
  const rows = []
  const step = Math.ceil(count / STEPS)
  for (let done = 0; done < count; ) {
    const start = performance.now()
    let next = 0
    const worker = async () => {
      for (let i = next++; i < step; i = next++) {
        const { faces } = await engine.analyse(photos[i % 6] as Buffer, { kind: 'photo' })
        check(faces.length === FACES[i % 6], `photo ${i % 6} has ${FACES[i % 6]} faces, not ${faces.length}`)
      }
    }
    await Promise.all([worker(), worker()])
    done += step
    const seconds = (performance.now() - start) / 1000
    rows.push({
      photos: done,
      'RSS MB': round((await ownUsage()).memory / 1e6, 0),
      'photos per second': round(step / seconds),
    })
  }
  await engine.close()
  return rows
}
