import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatedCloud, startEmulatedCloud } from '../../../functions/emulate/cloud.ts'
import { findEmulators, startEmulator } from '../../../functions/emulate/emulators.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { apiOf, base64Of, isEnd } from '../../end-to-end/api.ts'
import { build } from '../../run/build.ts'
import { round } from '../measure.ts'
import { measureAlbum } from './album.ts'
import { type EngineAlone, type EngineSpeed, engineAlone, withIdleEngine } from './engine.ts'
import { engineFigures, pathFigures, throughput } from './figures.ts'
import { countOperations } from './firestore-operations.ts'
import { type BenchPhotos, benchPhotos } from './photos.ts'
import { type Measured, measureScans } from './scans.ts'

/** By name, how many scans at once. */
const FIRST_SCANS = { one: 1, five: 5, twenty: 20 } as const

export const SCENARIOS = [...Object.keys(FIRST_SCANS), 'cached', 'idle-engine', 'album']

interface Options {
  files: string
  workers: string
  only?: string
  json?: boolean
}

/**
 * Measures scans through the built functions on the emulators. The engine alone analyses the same photos with as many
 * threads before and after each scenario.
 */
export async function benchCloud(options: Options): Promise<void> {
  const names = options.only?.split(',') ?? SCENARIOS
  const unknown = names.filter((name) => !SCENARIOS.includes(name))
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}, only ${SCENARIOS.join(', ')}.`)
  const [count, workers] = [Number(options.files), Number(options.workers)]
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-bench-'))
  const photosDir = join(root, 'photos')
  const dataDir = join(root, 'data')
  const photos = await benchPhotos(photosDir, dataDir)
  const dist = await build()
  const place = { dist, photosDir, dataDir, workers }
  try {
    const figures = {
      ...(await withEngine({
        ...place,
        photos,
        count,
        names: names.filter((name) => name !== 'idle-engine' && name !== 'album'),
      })),
      ...(names.includes('idle-engine') && {
        'idle-engine': await withoutEngine({ ...place, photos, count }),
      }),
      ...(names.includes('album') && (await ofAlbum({ ...place, photos, count }))),
    }
    if (options.json) console.log(JSON.stringify(figures))
    else print(figures)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

type Figures = Record<string, Record<string, number | string>>

function print(figures: Figures): void {
  for (const [name, rows] of Object.entries(figures)) {
    console.log(name)
    console.table(Object.fromEntries(Object.entries(rows).map(([row, value]) => [row, { [name]: value }])))
  }
}

interface Place {
  dist: string
  photosDir: string
  dataDir: string
  workers: number
}

interface Work extends Place {
  photos: BenchPhotos
  count: number
}

async function withEngine(work: Work & { names: string[] }): Promise<Figures> {
  const { names, photos, count, dataDir, workers } = work
  if (names.length === 0) return {}
  const engine = await engineAlone(dataDir, photos.photos, workers)
  try {
    return await withCloud(work, async (cloud, counting) => {
      const [selfie, another] = await Promise.all(photos.selfies.map(base64Of))
      const scan = (links: string[], target = selfie) =>
        measureScans(cloud, counting, { links, count, selfie: target ?? '', findsMatches: true })
      const figures: Figures = {}
      let one: Measured | undefined
      for (const [name, scans] of Object.entries(FIRST_SCANS)) {
        if (!names.includes(name)) continue
        const links = await photos.fill(name, scans, count)
        const { measured, speed } = await beside(engine, () => scan(links))
        figures[name] = { ...pathFigures(measured), ...engineFigures(measured, speed) }
        if (scans === 1) one = measured
        else if (one)
          figures[name]['throughput, of one scan'] = round(throughput(measured) / throughput(one), 2)
      }
      if (names.includes('cached')) {
        const links = await photos.fill('cached', 1, count)
        await scan(links)
        figures.cached = pathFigures(await scan(links, another))
      }
      return figures
    })
  } finally {
    await engine.close()
  }
}

/** What the way through the cloud costs without the analysis. */
async function withoutEngine(work: Work) {
  const idle = await withIdleEngine(work.dist)
  try {
    return await withCloud({ ...work, dist: idle.dist }, async (cloud, counting) => {
      const links = await work.photos.fill('idle-engine', 1, work.count)
      const selfie = await base64Of(work.photos.selfies[0])
      return pathFigures(
        await measureScans(cloud, counting, { links, count: work.count, selfie, findsMatches: false }),
      )
    })
  } finally {
    await idle.remove()
  }
}

/** What is done with an album, by its operations. */
const ofAlbum = (work: Work): Promise<Figures> =>
  withCloud(work, async (cloud, counting) => {
    const [link = ''] = await work.photos.fill('album', 1, work.count)
    const folder = link.replace('local:/', '')
    return measureAlbum(cloud, counting, { ...work, folder, selfie: work.photos.selfies[0] })
  })

async function beside(
  engine: EngineAlone,
  run: () => Promise<Measured>,
): Promise<{ measured: Measured; speed: EngineSpeed }> {
  const before = await engine.measure()
  const measured = await run()
  const after = await engine.measure()
  return {
    measured,
    speed: {
      filesPerSecond: (before.filesPerSecond + after.filesPerSecond) / 2,
      secondsPerFile: (before.secondsPerFile + after.secondsPerFile) / 2,
    },
  }
}

/** Starts an emulated cloud whose Firestore operations are counted, and warms it with a small scan. */
async function withCloud<T>(
  { dist, photosDir, dataDir, workers, photos }: Work,
  use: (cloud: EmulatedCloud, counting: Awaited<ReturnType<typeof countOperations>>) => Promise<T>,
): Promise<T> {
  const firestore = await startEmulator('firestore', await findEmulators())
  const counting = await countOperations(firestore.host)
  try {
    const cloud = await startEmulatedCloud({
      dist,
      env: { PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', FIRESTORE_EMULATOR_HOST: counting.host },
      log: createLog('silent'),
      photosDir,
      workers,
    })
    try {
      await warm(cloud, photos)
      return await use(cloud, counting)
    } finally {
      await cloud.close()
    }
  } finally {
    await counting.close()
    await firestore.stop()
  }
}

/** The instances have analysed a first photo, and every function and connection is there. */
async function warm({ url }: EmulatedCloud, photos: BenchPhotos): Promise<void> {
  const [drive_link = ''] = await photos.fill('warm-up', 1, photos.photos.length)
  const target_face = await base64Of(photos.selfies[0])
  const api = apiOf(url)
  const { scan_id } = await api.scan({ drive_link, target_face })
  const socket = await api.updates(`?scan_id=${scan_id}`)
  await socket.until(isEnd)
  socket.close()
}
