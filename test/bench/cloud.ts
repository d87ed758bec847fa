import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { startEmulatedCloud } from '../../functions/emulate/cloud.ts'
import { sampleAlbum } from '../../functions/local/sample/album.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { openFace } from '../../shared/platform/wiring/adapters.ts'
import { built } from '../built.ts'
import { apiOf, base64Of, isEnd } from '../end-to-end/api.ts'
import { check, round } from './measure.ts'
import { matchCount } from './scan-server.ts'

/** Pixels. Small, because this measures the way through the cloud and not the decoder. */
const WIDTH = 800

/**
 * Measures a scan through the built functions on the emulators, with the backoff and attempts of infra/pubsub.tf: a push
 * that finds every worker busy is refused and delivered again. The share of inference is the time that the engine alone
 * needs for the same photos with as many threads, as a percentage of the scan's time.
 */
export async function benchCloud(options: { files: string; workers: string; json?: boolean }): Promise<void> {
  const [count, workers] = [Number(options.files), Number(options.workers)]
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-bench-'))
  const { dist } = await built()
  const { photosDir, selfie, photos } = await makePhotos(root, count)
  const cloud = await startEmulatedCloud({
    dist,
    env: { PORT: '0', DATA_DIR: join(root, 'data'), LOG_LEVEL: 'error' },
    log: createLog('silent'),
    photosDir,
    workers,
  })
  try {
    const api = apiOf(cloud.url)
    const target_face = await base64Of(selfie)
    // Starts the engine of the scan function, so that the scan does not wait for it.
    await api.post('/target-face', { image: target_face })

    const start = performance.now()
    const { scan_id, scan_key } = await api.scan({ drive_link: 'local:/', target_face })
    const socket = await api.updates(`?scan_id=${scan_id}&after=&key=${scan_key}`)
    const delays: number[] = []
    socket.socket.on('message', (data) => delays.push(Date.now() - Date.parse(JSON.parse(String(data)).at)))
    let half: number | undefined
    await socket.until((event) => {
      if (socket.events.length > count / 2) half ??= performance.now() - start
      return isEnd(event)
    })
    const ms = performance.now() - start
    socket.close()

    const ids = new Set(socket.events.map((event) => event.event_id))
    check(ids.size === count + 2, 'every file has one event')
    check(socket.events.filter(isEnd).length === 1, 'the scan ends exactly once')
    check(
      socket.events.every(({ type }) => type !== 'error'),
      'no file is an error',
    )
    check(matchCount(socket.events) > 0, 'the person of the selfie is found')
    check(cloud.pushes.dead.delivered === 0, 'no file is a dead letter')
    const { delivered, refused, failed } = cloud.pushes.task
    await cloud.close()

    const engine = await engineAlone(join(root, 'data'), photos, workers)
    const latency = (part: number) => delays.toSorted((a, b) => a - b)[Math.floor(delays.length * part)]
    const figures = {
      files: count,
      workers,
      'files/s': round((count / ms) * 1000),
      'engine alone, files/s': round(engine),
      'share of inference, %': round((count / engine / (ms / 1000)) * 100),
      'half of the files after, s': round((half ?? ms) / 1000),
      'all after, s': round(ms / 1000),
      'pushes taken': delivered,
      'refused with 429': refused,
      'failed otherwise': failed,
      'dead letters': cloud.pushes.dead.delivered,
      'written to received, p50 ms': latency(0.5),
      'p99 ms': latency(0.99),
    }
    if (options.json) console.log(JSON.stringify(figures))
    else console.table(figures)
  } finally {
    await cloud.close()
    await rm(root, { recursive: true, force: true })
  }
}

async function makePhotos(root: string, count: number) {
  const { dir, selfie } = await sampleAlbum(join(root, 'data'))
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jpg') && name !== 'damaged.jpg')
  const photos = await Promise.all(
    names
      .toSorted()
      .map((name) =>
        sharp(join(dir, name)).resize({ width: WIDTH, withoutEnlargement: true }).jpeg().toBuffer(),
      ),
  )
  const photosDir = join(root, 'photos')
  await mkdir(photosDir)
  for (let index = 0; index < count; index++) {
    await writeFile(
      join(photosDir, `${String(index).padStart(5, '0')}.jpg`),
      photos[index % photos.length] ?? '',
    )
  }
  return { photosDir, selfie, photos }
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
