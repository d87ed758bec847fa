import { Worker } from 'node:worker_threads'
import { engineId } from './engine-id.ts'
import type { Detail, EngineName } from './model.ts'
import type { FaceTask, FaceWorkerData } from './pool/face-worker.ts'
import { createPool } from './pool/pool.ts'
import type { Analysis, FaceEngine } from './port.ts'

export interface FaceEngineOptions {
  engine: EngineName
  detail: Detail
  /** Where the converted nets are kept; tfjs needs none. */
  modelsDir: string
  /** Images analysed at the same time, a worker thread each. */
  concurrency: number
  /** Images after which a worker thread is replaced. */
  maxTasks: number
}

/** A minute covers the largest image on a slow machine with every core busy; twice that is a hang. */
const TASK_TIMEOUT = 120_000
const START_TIMEOUT = 60_000
const CLOSE_TIMEOUT = 10_000

/** The engine in worker threads. They start with the first call; `ready` starts one ahead of it. */
export function createFaceEngine(options: FaceEngineOptions): FaceEngine {
  const { engine, detail, modelsDir, concurrency, maxTasks } = options
  const data: FaceWorkerData = { engine, detail, modelsDir }
  // onnxruntime reports its use to its makers unless told not to, and only this thread can tell its native part.
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
    id: engineId({ engine, detail, modelsDir }),
    ready: pool.ready,
    // Copied to the thread rather than transferred: the caller keeps its bytes, and a copy costs under 1 ms.
    analyse: (image, analyseOptions) => pool.run({ image, options: analyseOptions }),
    close: pool.close,
  }
}

function startWorker(workerData: FaceWorkerData): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: 512 }
  const worker = new Worker(workerUrl(), { workerData, resourceLimits, stdout: true })
  // libheif tells standard output about every damaged file; the caller learns it from the rejection.
  worker.stdout.resume()
  return worker
}

/**
 * As source the worker is the file beside this one. A bundle (esbuild) gives worker.ts an entry point of its own, named
 * face-worker.js, in the folder of the bundle that this file is part of.
 */
function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './pool/face-worker.ts' : './face-worker.js',
    import.meta.url,
  )
}
