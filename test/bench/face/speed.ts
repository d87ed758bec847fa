import { createFaceEngine } from '../../../shared/face/engine.ts'
import type { DescriptorNets, Detail, EngineName } from '../../../shared/face/model.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { check, round, takeTurns } from '../measure.ts'
import type { BenchModels } from './models.ts'
import { peopleOn, photosOfFive, portraits, samplePhotos } from './photos.ts'

const TURNS = 5
/** Photos per turn. */
const BATCH = 12

/**
 * Milliseconds per photo, decoding included, and how many times as many photos per second as face-api the ONNX engine
 * analyses: with one worker in elapsed and in processor time, and with two. Each engine has workers of its own, as in the
 * product. Also the processor time of dlib's net alone against that of both nets.
 */
export async function benchSpeed(models: BenchModels) {
  const samples = await samplePhotos()
  const people = await peopleOn(samples, models.faceApi)
  const lists = {
    'one face': { photos: await portraits(people), faces: 1 },
    'five faces': { photos: await photosOfFive(samples), faces: 5 },
    "the package's own": { photos: samples, faces: [3, 3, 3, 4, 5, 4] },
  }
  const open = (engine: EngineName, detail: Detail, concurrency: number, nets: DescriptorNets = 'both') =>
    createFaceEngine({ engine, detail, nets, modelsDir: models.modelsDir, concurrency, maxTasks: 1e6 })
  const engines = {
    faceApi: open('tfjs', 'fast', 1),
    fast: open('onnx', 'fast', 1),
    group: open('onnx', 'group', 1),
    dlib: open('onnx', 'fast', 1, 'dlib'),
    twoWorkers: open('onnx', 'fast', 2),
  }
  const rows = []
  for (const [list, { photos, faces }] of Object.entries(lists)) {
    const all = (engine: FaceEngine) => async () => {
      const work = Array.from({ length: BATCH }, (_, i) => i % photos.length)
      const analyses = work.map(async (i) => {
        const found = (await engine.analyse(photos[i] as Buffer, { kind: 'photo' })).faces.length
        check(
          found === (Array.isArray(faces) ? faces[i] : faces),
          `photo ${i} of ${list} has another number of faces than ${found}`,
        )
      })
      await Promise.all(analyses)
    }
    const { faceApi, fast, group, dlib, twoWorkers } = await takeTurns(
      {
        faceApi: all(engines.faceApi),
        fast: all(engines.fast),
        group: all(engines.group),
        dlib: all(engines.dlib),
        twoWorkers: all(engines.twoWorkers),
      },
      TURNS,
    )
    rows.push({
      photos: list,
      'face-api ms': round(faceApi.wall / BATCH),
      'fast ms': round(fast.wall / BATCH),
      'group ms': round(group.wall / BATCH),
      'face-api / fast': round(faceApi.wall / fast.wall, 2),
      'the same in CPU': round(faceApi.cpu / fast.cpu, 2),
      'group / fast': round(group.wall / fast.wall, 2),
      'dlib alone / both nets in CPU': round(dlib.cpu / fast.cpu, 2),
      'two workers / face-api': round(faceApi.wall / twoWorkers.wall, 2),
    })
  }
  await Promise.all(Object.values(engines).map((engine) => engine.close()))
  return rows
}
