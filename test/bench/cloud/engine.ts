import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfig } from '../../../shared/platform/config.ts'
import { openFace } from '../../../shared/platform/wiring/adapters.ts'

export interface EngineSpeed {
  filesPerSecond: number
  /** Of one processor. */
  secondsPerFile: number
}

export interface EngineAlone {
  /** Analyses every photo once. Nothing else of this process may run meanwhile. */
  measure(): Promise<EngineSpeed>
  close(): Promise<void>
}

/** The face engine in this process, with as many threads as there are instances, and warm. */
export async function engineAlone(
  dataDir: string,
  photos: readonly Buffer[],
  threads: number,
): Promise<EngineAlone> {
  const face = await openFace(parseConfig({ DATA_DIR: dataDir, MATCH_CONCURRENCY: String(threads) }))
  const analyse = (photo: Buffer) => face.analyse(photo, { kind: 'photo', thumbnail: true })
  await Promise.all(photos.map(analyse))
  return {
    async measure() {
      const start = performance.now()
      const before = process.cpuUsage()
      await Promise.all(photos.map(analyse))
      const { user, system } = process.cpuUsage(before)
      const seconds = (performance.now() - start) / 1000
      return {
        filesPerSecond: photos.length / seconds,
        secondsPerFile: (user + system) / 1e6 / photos.length,
      }
    },
    close: () => face.close(),
  }
}

/** What the thread of the face engine is replaced by: it finds a face of nobody on every photo, at once. */
const IDLE_WORKER = `import { parentPort } from 'node:worker_threads'
const face = {
  box: { x: 100, y: 100, width: 100, height: 100 },
  score: 0.9,
  landmarks: new Float32Array(136),
  descriptor: new Float32Array(320).fill(1),
}
const value = { width: 800, height: 600, faces: [face], thumbnail: new Uint8Array(12_000) }
parentPort.on('message', () => parentPort.postMessage({ type: 'result', value }))
parentPort.postMessage({ type: 'ready' })
`

/** The same build with an engine in face-match that has nothing to do. Beside it, so that packages are found. */
export async function withIdleEngine(dist: string): Promise<{ dist: string; remove(): Promise<void> }> {
  const other = `${dist}-idle-engine`
  await rm(other, { recursive: true, force: true })
  await mkdir(other)
  for (const { name } of await readdir(dist, { withFileTypes: true })) {
    if (name === 'face-match') await cp(join(dist, name), join(other, name), { recursive: true })
    else await symlink(join(dist, name), join(other, name))
  }
  await writeFile(join(other, 'face-match/face-worker.js'), IDLE_WORKER)
  return { dist: other, remove: () => rm(other, { recursive: true, force: true }) }
}
