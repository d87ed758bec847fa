import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { type EmulatedCloud, startEmulatedCloud } from '../../functions/emulate/cloud.ts'
import { findEmulators, startEmulator } from '../../functions/emulate/emulators.ts'
import { sampleAlbum } from '../../functions/local/sample/album.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { openFace } from '../../shared/platform/wiring/adapters.ts'
import { built } from '../built.ts'
import { apiOf, base64Of, isEnd } from '../end-to-end/api.ts'
import { countOperations, type OperationKind, type Operations } from './firestore-operations.ts'
import { check, median, round } from './measure.ts'
import { matchCount } from './scan-server.ts'

/** Pixels. Small, because this measures the way through the cloud and not the decoder. */
const WIDTH = 800

/**
 * Measures scans through the built functions on the emulators, as many at once as `scans` says, one number after the other.
 * The engine alone analyses the same photos with as many threads, before and after. The emulators, the relay and this
 * process need their part of the same cores.
 */
export async function benchCloud(options: {
  files: string
  workers: string
  scans: string
  json?: boolean
}): Promise<void> {
  const [count, workers] = [Number(options.files), Number(options.workers)]
  const scanCounts = options.scans.split(',').map(Number)
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-bench-'))
  const { dist } = await built()
  const firestore = await startEmulator('firestore', await findEmulators())
  const counting = await countOperations(firestore.host)
  const { selfie, photos } = await makePhotos(join(root, 'photos'), join(root, 'data'), scanCounts, count)
  const cloud = await startEmulatedCloud({
    dist,
    env: {
      PORT: '0',
      DATA_DIR: join(root, 'data'),
      LOG_LEVEL: 'error',
      FIRESTORE_EMULATOR_HOST: counting.host,
    },
    log: createLog('silent'),
    photosDir: join(root, 'photos'),
    workers,
  })
  try {
    const target_face = await base64Of(selfie)
    const api = apiOf(cloud.url)
    // Starts the engine of the scan function, so that the scan does not wait for it.
    await api.post('/target-face', { image: target_face })
    const alone = [await engineAlone(join(root, 'data'), photos, workers)]
    const rows = []
    for (const scans of scanCounts) {
      const measured = await measure(cloud, api, {
        scans,
        count,
        target_face,
        operations: counting.operations,
      })
      alone.push(await engineAlone(join(root, 'data'), photos, workers))
      const engine = median(alone.slice(-2))
      rows.push({
        ...measured,
        'engine alone, files/s': round(engine),
        'share of the engine, %': round((measured['files/s'] / engine) * 100),
      })
    }
    check(cloud.pushes.dead.delivered === 0, 'no file is a dead letter')
    if (options.json) console.log(JSON.stringify(rows))
    else for (const row of rows) console.table(row)
  } finally {
    await cloud.close()
    await counting.close()
    await firestore.stop()
    await rm(root, { recursive: true, force: true })
  }
}

interface Run {
  /** At once. */
  scans: number
  /** Files of all scans together, each scan with photos of its own. */
  count: number
  target_face: string
  operations: Operations
}

async function measure(
  cloud: EmulatedCloud,
  api: ReturnType<typeof apiOf>,
  { scans, count, target_face, operations }: Run,
) {
  const faceMatch = cloud.instances['face-match']
  const before = { busy: sum(faceMatch.busySeconds()), ...cloud.pushes.task, operations: { ...operations } }
  const start = performance.now()
  const each = Array.from({ length: scans }, (_, index) => index)
  const results = await Promise.all(
    each.map(async (index) => {
      const drive_link = `local:/${scans}-${index}`
      const { scan_id, scan_key, total_files } = await api.scan({ drive_link, target_face })
      const socket = await api.updates(`?scan_id=${scan_id}&after=&key=${scan_key}`)
      const delays: number[] = []
      socket.socket.on('message', (data) => delays.push(Date.now() - Date.parse(JSON.parse(String(data)).at)))
      await socket.until(isEnd)
      socket.close()
      return { events: socket.events, total_files, delays, seconds: (performance.now() - start) / 1000 }
    }),
  )
  const seconds = (performance.now() - start) / 1000
  for (const { events, total_files } of results) {
    check(new Set(events.map((event) => event.event_id)).size === total_files + 2, 'every file has one event')
    check(events.filter(isEnd).length === 1, 'the scan ends exactly once')
    check(
      events.every(({ type }) => type !== 'error'),
      'no file is an error',
    )
    check(matchCount(events) > 0, 'the person of the selfie is found')
  }
  const files = results.reduce((sum, { total_files }) => sum + total_files, 0)
  check(files === count, 'all photos are scanned')
  const delays = results.flatMap((result) => result.delays).toSorted((a, b) => a - b)
  const { delivered, refused, failed } = cloud.pushes.task
  const pushes = delivered + refused + failed - before.delivered - before.refused - before.failed
  const perFile = Object.entries(operations).map(([kind, number]) => [
    `${kind}, per file`,
    round((number - before.operations[kind as OperationKind]) / files, 2),
  ])
  return {
    'scans at once': scans,
    files,
    instances: faceMatch.running.length,
    'files/s': round(files / seconds),
    'first scan ends after, s': round(Math.min(...results.map((result) => result.seconds))),
    'all after, s': round(seconds),
    'requests in an instance': round(
      (sum(faceMatch.busySeconds()) - before.busy) / seconds / faceMatch.running.length,
      2,
    ),
    pushes,
    'refused, %': round(((refused - before.refused) / pushes) * 100),
    'failed otherwise': failed - before.failed,
    'written to received, p50 ms': delays[Math.floor(delays.length * 0.5)],
    'p99 ms': delays[Math.floor(delays.length * 0.99)],
    ...Object.fromEntries(perFile),
  }
}

/** The photos of every run in folders of their own, a folder per scan. Their paths are their ids, so none is in the face cache. */
async function makePhotos(photosDir: string, dataDir: string, scanCounts: number[], count: number) {
  const { dir, selfie } = await sampleAlbum(dataDir)
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jpg') && name !== 'damaged.jpg')
  const photos = await Promise.all(
    names
      .toSorted()
      .map((name) =>
        sharp(join(dir, name)).resize({ width: WIDTH, withoutEnlargement: true }).jpeg().toBuffer(),
      ),
  )
  for (const scans of scanCounts) {
    for (let index = 0; index < count; index++) {
      const folder = join(photosDir, `${scans}-${index % scans}`)
      await mkdir(folder, { recursive: true })
      const name = `${String(index).padStart(5, '0')}.jpg`
      await writeFile(join(folder, name), photos[Math.floor(index / scans) % photos.length] ?? '')
    }
  }
  return { selfie, photos }
}

/** Files per second. */
async function engineAlone(dataDir: string, photos: Buffer[], threads: number): Promise<number> {
  const face = await openFace(parseConfig({ DATA_DIR: dataDir, MATCH_CONCURRENCY: String(threads) }))
  const analyse = (photo: Buffer) => face.analyse(photo, { kind: 'photo', thumbnail: true })
  await Promise.all(photos.slice(0, threads).map(analyse))
  const work = [...photos, ...photos, ...photos]
  const start = performance.now()
  await Promise.all(work.map(analyse))
  const seconds = (performance.now() - start) / 1000
  await face.close()
  return work.length / seconds
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
