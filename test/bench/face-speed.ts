import { analyseImage } from '../../shared/face/analyse.ts'
import { createFaceEngine } from '../../shared/face/engine.ts'
import type { FaceModel } from '../../shared/face/model.ts'
import type { BenchModels } from './face.ts'
import { peopleOn, photosOfFive, portraits, samplePhotos } from './face-photos.ts'
import { check, round, takeTurns } from './measure.ts'

const TURNS = 5
/** Photos the two workers are given at a time. */
const BATCH = 40

/** Decoding included: milliseconds per photo of each engine in one thread, and photos per second of two workers. */
export async function benchSpeed(models: BenchModels) {
  const samples = await samplePhotos()
  const people = await peopleOn(samples, models.faceApi)
  const lists = {
    'one face': { photos: await portraits(people), faces: 1 },
    'five faces': { photos: await photosOfFive(samples), faces: 5 },
    "the package's own": { photos: samples, faces: [3, 3, 3, 4, 5, 4] },
  }
  const rows = []
  for (const [list, { photos, faces }] of Object.entries(lists)) {
    for (const model of [models.faceApi, models.fast, models.group]) {
      for (const [i, photo] of photos.entries()) {
        const found = (await analyseImage(model, photo, { kind: 'photo' })).faces.length
        check(found === (Array.isArray(faces) ? faces[i] : faces), `${found} faces on photo ${i} of ${list}`)
      }
    }
    const all = (model: FaceModel) => async () => {
      for (const photo of photos) await analyseImage(model, photo, { kind: 'photo' })
    }
    const times = await takeTurns(
      { faceApi: all(models.faceApi), fast: all(models.fast), group: all(models.group) },
      TURNS,
    )
    const pair = await twoWorkers(photos, models.modelsDir)
    rows.push({
      photos: list,
      'face-api ms': round(times.faceApi / photos.length),
      'fast ms': round(times.fast / photos.length),
      'group ms': round(times.group / photos.length),
      'face-api / fast': round(times.faceApi / times.fast, 2),
      'group / fast': round(times.group / times.fast, 2),
      'two workers / face-api': round((times.faceApi / photos.length) * (pair / 1000), 2),
    })
  }
  return rows
}

/** Photos per second. */
async function twoWorkers(photos: readonly Buffer[], modelsDir: string): Promise<number> {
  const options = { engine: 'onnx', detail: 'fast', modelsDir, concurrency: 2, maxTasks: 1e6 } as const
  const engine = createFaceEngine(options)
  const batch = Array.from({ length: BATCH }, (_, i) => photos[i % photos.length] as Buffer)
  const run = () => Promise.all(batch.map((photo) => engine.analyse(photo, { kind: 'photo' })))
  await run()
  const { workers } = await takeTurns({ workers: run }, 3)
  await engine.close()
  return (BATCH / workers) * 1000
}
