import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { CALIBRATION } from './describe/joint.ts'
import type { DescriptorNets, Detail, EngineName } from './model.ts'
import { MOBILEFACENET_SHA256, modelsId } from './nets/models.ts'
import type { FaceTask, FaceWorkerData } from './pool/face-worker.ts'
import { createPool } from './pool/pool.ts'
import type { Analysis, FaceEngine } from './port.ts'

export interface FaceEngineOptions {
  engine: EngineName
  detail: Detail
  /** tfjs has dlib's alone. */
  nets: DescriptorNets
  /** Directory of the converted nets; tfjs does not use it. */
  modelsDir: string
  /** Images analysed at the same time, each in a worker thread of its own. */
  concurrency: number
  /** A worker thread is replaced after this many images. */
  maxTasks: number
}

/**
 * Milliseconds. The largest image takes under a minute on a slow machine with every core busy; twice that means that
 * the worker hangs.
 */
const TASK_TIMEOUT = 120_000
const START_TIMEOUT = 60_000
const CLOSE_TIMEOUT = 10_000

/** Analyses images in worker threads. They start with the first call; `ready` starts one ahead of it. */
export function createFaceEngine(options: FaceEngineOptions): FaceEngine {
  const { engine, detail, nets, modelsDir, concurrency, maxTasks } = options
  const data: FaceWorkerData = { engine, detail, nets, modelsDir }
  // onnxruntime sends usage data to Microsoft unless this is set before its native part is loaded. Worker threads have a
  // copy of the environment that native code does not see.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const pool = createPool<FaceTask, Analysis>({
    spawn: () => startWorker(data),
    concurrency,
    maxTasks,
    taskTimeout: TASK_TIMEOUT,
    startTimeout: START_TIMEOUT,
    closeTimeout: CLOSE_TIMEOUT,
  })
  return {
    id: engineId({ engine, detail, nets, modelsDir }),
    ready: pool.ready,
    // Copied rather than transferred to the thread: the caller keeps its bytes, and a copy takes under 1 ms.
    analyse: (image, analyseOptions) => pool.run({ image, options: analyseOptions }),
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

function startWorker(workerData: FaceWorkerData): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: 512 }
  const worker = new Worker(workerUrl(), { workerData, resourceLimits, stdout: true })
  // libheif writes to standard output about every damaged file. The caller gets a rejection instead.
  worker.stdout.resume()
  return worker
}

/** In a bundle, infra/build/bundle.ts puts the worker beside the file that this code becomes part of. */
function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './pool/face-worker.ts' : './face-worker.js',
    import.meta.url,
  )
}
