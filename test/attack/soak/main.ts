import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { base64Of } from '../../end-to-end/api.ts'
import type { Sample } from '../../run/sample.ts'
import { documentedBy } from '../documented.ts'
import { startAttacked } from '../server.ts'
import type { Load } from './load.ts'
import { type MemorySample, memoryOf } from './memory.ts'
import { copyPhotos, listenAgain, lookAround, previewAgain, replacePhotos, uploadAgain } from './others.ts'
import { scanAgain } from './scans.ts'

/** Photos of the folder that is scanned. */
const PHOTOS = 40
/** Share of the time in which the server is killed every minute; then it runs to the end. */
const KILLED = 2 / 3

/**
 * Mixed load for so many minutes, with a kill every minute of the first two thirds. Prints what happened and returns
 * whether all of it was as promised: nothing lost or doubled, every answer documented, memory flat within 10 %.
 */
export async function soak(minutes: number, sample: Sample): Promise<boolean> {
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-soak-'))
  const photosDir = join(root, 'photos')
  await mkdir(photosDir)
  const names = (await readdir(sample.album)).filter((name) => name.endsWith('.jpg')).sort()
  await copyPhotos(sample.album, photosDir, names.slice(0, PHOTOS))
  const selfies = [await base64Of(sample.selfie), await base64Of(join(sample.album, 'portrait-07.jpg'))]
  const photos = await Promise.all(names.slice(0, 3).map((name) => readFile(join(sample.album, name))))

  const server = await startAttacked(sample, { PHOTOS_DIR: photosDir })
  const end = performance.now() + minutes * 60_000
  const load: Load = {
    server,
    documented: await documentedBy(server.url),
    get over() {
      return performance.now() >= end
    },
    counts: new Map(),
    faults: [],
    kills: 0,
    down: false,
  }
  const samples: MemorySample[] = []
  const parts = [
    scanAgain(load, selfies, 0),
    scanAgain(load, selfies, 1),
    scanAgain(load, selfies, 2),
    previewAgain(load, selfies),
    listenAgain(load),
    lookAround(load),
    uploadAgain(load, photos),
    replacePhotos(load, photosDir),
    watchMemory(load, samples, end, minutes * 60_000 * KILLED),
  ]
  await Promise.all(parts)
  const closed = await server.close()
  if (closed > 10_000) load.faults.push(`the server took ${closed} ms to end`)
  await rm(root, { recursive: true, force: true })
  return report(load, samples, minutes)
}

/** Kills the server every minute, after a look at its memory, for `killing` milliseconds, and only looks after that. */
async function watchMemory(load: Load, samples: MemorySample[], end: number, killing: number): Promise<void> {
  const start = performance.now()
  while (performance.now() < end) {
    const born = performance.now()
    // Twenty looks in the last third of the minute: one alone depends on which photo is being analysed.
    await sleep(40_000)
    const looks: number[] = []
    for (let look = 0; look < 20; look++) {
      await sleep(1_000)
      looks.push((await load.server.usage()).memory)
    }
    const memory = looks.toSorted((a, b) => a - b)[10] ?? 0
    samples.push({ life: load.kills, minute: (performance.now() - start) / 60_000, memory })
    console.log(
      `minute ${((born - start) / 60_000).toFixed(1)}, life ${load.kills + 1}: ${(memory / 2 ** 20).toFixed(0)} MB`,
    )
    if (performance.now() - start < killing) {
      load.kills++
      load.down = true
      await load.server.kill()
      await load.server.start()
      load.down = false
    }
  }
}

function report(load: Load, samples: MemorySample[], minutes: number): boolean {
  load.faults.push(...load.server.crashes)
  const memory = memoryOf(samples)
  if (memory.restarts > 1.1) load.faults.push('memory grew from restart to restart')
  if (memory.run > 1.1) load.faults.push('memory grew in the time without kills')
  console.log(`\n${minutes} minutes, ${load.kills} kills`)
  for (const [what, times] of [...load.counts].sort()) console.log(`${String(times).padStart(8)} ${what}`)
  console.log(
    `memory, a minute after each start: ${memory.lives}; the last third against the first: ${memory.restarts.toFixed(3)}`,
  )
  console.log(
    `memory without kills: ${memory.long}; the second half against the first: ${memory.run.toFixed(3)}`,
  )
  for (const fault of load.faults) console.log(`FAULT ${fault}`)
  console.log(load.faults.length === 0 ? 'ok' : 'failed')
  return load.faults.length === 0
}
