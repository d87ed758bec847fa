import { createRequire } from 'node:module'
import { CALIBRATION } from './describe/joint.ts'
import type { DescriptorNets, Detail, EngineName } from './model.ts'
import { MOBILEFACENET_SHA256, modelsId } from './nets/models.ts'
import type { FaceTask, FaceWorkerData } from './pool/face-worker.ts'
import { createPool } from './pool/pool.ts'
import { MAX_CPU, maxMemory, startWorker } from './pool/worker-process.ts'
import type { Analysis, Face, FaceEngine } from './port.ts'

export interface FaceEngineOptions {
  engine: EngineName
  detail: Detail
  /** tfjs has dlib's alone. */
  nets: DescriptorNets
  /** Directory of the converted nets; tfjs does not use it. */
  modelsDir: string
  /** Images analysed at the same time, each in a process of its own. */
  concurrency: number
  /** A process is replaced after this many images. */
  maxTasks: number
}

/** Milliseconds. The largest image takes under a minute on a slow machine with every core busy. */
const TASK_TIMEOUT = 120_000
const START_TIMEOUT = 60_000

/** Analyses images in processes of their own. They start with the first call; `ready` starts one ahead of it. */
export function createFaceEngine(options: FaceEngineOptions): FaceEngine {
  const { engine, detail, nets, modelsDir, concurrency, maxTasks } = options
  const data: FaceWorkerData = { engine, detail, nets, modelsDir }
  const pool = createPool<FaceTask, Analysis>({
    spawn: () => startWorker('face-worker', JSON.stringify(data)),
    concurrency,
    maxTasks,
    taskTimeout: TASK_TIMEOUT,
    startTimeout: START_TIMEOUT,
    maxMemory: maxMemory(),
    maxCpu: MAX_CPU,
  })
  return {
    id: engineId({ engine, detail, nets, modelsDir }),
    ready: pool.ready,
    async analyse(image, analyseOptions) {
      const analysis = await pool.run({ image, options: analyseOptions })
      return { ...analysis, faces: analysis.faces.map(withOwnMemory) }
    },
    close: pool.close,
  }
}

/** Raise this when a change of the code changes results (decoding, detection, alignment) or how they are cached. */
const PIPELINE_VERSION = 5

/** See `FaceEngine.id`. */
export function engineId(
  options: Pick<FaceEngineOptions, 'engine' | 'detail' | 'nets' | 'modelsDir'>,
): string {
  const { engine, detail, nets, modelsDir } = options
  if (engine === 'tfjs') {
    // face-api has no settings here.
    const { version } = createRequire(import.meta.url)('@vladmandic/face-api/package.json')
    return `tfjs-${version}-${PIPELINE_VERSION}`
  }
  const dlib = `onnx-${modelsId(modelsDir)}-${PIPELINE_VERSION}-${detail}`
  if (nets === 'dlib') return dlib
  const { share, scale } = CALIBRATION
  return `${dlib}-${MOBILEFACENET_SHA256.slice(0, 12)}-${share}-${scale}`
}

/** What comes from another process are views of the whole message, which would stay in memory with each of them. */
function withOwnMemory({ landmarks, descriptor, ...face }: Face): Face {
  return { ...face, landmarks: landmarks.slice(), descriptor: descriptor.slice() }
}
