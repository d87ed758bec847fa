import { analyseImage } from '../../shared/face/analyse.ts'
import { createFaceEngine } from '../../shared/face/engine.ts'
import type { FaceModel } from '../../shared/face/model.ts'
import type { BenchModels } from './face.ts'
import { peopleOn, photosOfFive, portraits, samplePhotos } from './face-photos.ts'
import { check, round, takeTurns } from './measure.ts'

const TURNS = 5
/** Photos the two workers are given at a time. */
const BATCH = 40

/**
 * Decoding included: milliseconds per photo of each engine in one thread, on the clock and of processor time, and of two
 * workers on the clock.
 */
export async function benchSpeed(models: BenchModels) {
  const samples = await samplePhotos()
  const people = await peopleOn(samples, models.faceApi)
  const lists = {
    'one face': { photos: await portraits(people), faces: 1 },
    'five faces': { photos: await photosOfFive(samples), faces: 5 },
    "the package's own": { photos: samples, faces: [3, 3, 3, 4, 5, 4] },
  }
  const pair = createFaceEngine({
    engine: 'onnx',
    detail: 'fast',
    modelsDir: models.modelsDir,
    concurrency: 2,
    maxTasks: 1e6,
  })
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
    const batch = Array.from({ length: BATCH }, (_, i) => photos[i % photos.length] as Buffer)
    const both = () => Promise.all(batch.map((photo) => pair.analyse(photo, { kind: 'photo' })))
    const times = await takeTurns(
      { faceApi: all(models.faceApi), fast: all(models.fast), group: all(models.group), both },
      TURNS,
    )
    const { faceApi, fast, group } = times
    rows.push({
      photos: list,
      'face-api ms': round(faceApi.wall / photos.length),
      'fast ms': round(fast.wall / photos.length),
      'group ms': round(group.wall / photos.length),
      'face-api / fast': round(faceApi.wall / fast.wall, 2),
      'the same in CPU': round(faceApi.cpu / fast.cpu, 2),
      'group / fast': round(group.wall / fast.wall, 2),
      'two workers / face-api': round(faceApi.wall / photos.length / (times.both.wall / BATCH), 2),
    })
  }
  await pair.close()
  return rows
}
