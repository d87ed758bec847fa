import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfig } from '../../../shared/platform/config.ts'
import { openFace } from '../../../shared/platform/wiring/adapters.ts'
import { ownUsage } from '../own-usage.ts'

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

/** The face engine in this process, with as many workers as there are instances, and warm. */
export async function engineAlone(
  dataDir: string,
  photos: readonly Buffer[],
  workers: number,
): Promise<EngineAlone> {
  const face = await openFace(parseConfig({ DATA_DIR: dataDir, MATCH_CONCURRENCY: String(workers) }))
  const analyse = (photo: Buffer) => face.analyse(photo, { kind: 'photo', thumbnail: true })
  await Promise.all(photos.map(analyse))
  return {
    async measure() {
      const before = await ownUsage()
      const start = performance.now()
      await Promise.all(photos.map(analyse))
      const seconds = (performance.now() - start) / 1000
      const { cpu } = await ownUsage()
      return {
        filesPerSecond: photos.length / seconds,
        secondsPerFile: (cpu - before.cpu) / 1000 / photos.length,
      }
    },
    close: () => face.close(),
  }
}

/** What the face engine's worker is replaced by: it finds a face of nobody on every photo, at once. */
const IDLE_WORKER = `const face = {
  box: { x: 100, y: 100, width: 100, height: 100 },
  score: 0.9,
  landmarks: new Float32Array(136),
  descriptor: new Float32Array(320).fill(1),
}
const value = { width: 800, height: 600, faces: [face], thumbnail: new Uint8Array(12_000) }
process.on('message', () => process.send({ type: 'result', value }))
process.on('disconnect', () => process.exit())
process.send({ type: 'ready' })
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
