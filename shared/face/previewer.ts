import { createPool } from './pool/pool.ts'
import type { PreviewTask } from './pool/preview-worker.ts'
import { MAX_CPU, maxMemory, startWorker } from './pool/worker-process.ts'
import type { Previewer } from './port.ts'

/** Milliseconds. */
const TASK_TIMEOUT = 60_000
const START_TIMEOUT = 30_000

/** Makes previews in processes of their own, which load no nets. They start with the first call. */
export function createPreviewer(options: { concurrency: number; maxTasks: number }): Previewer {
  const pool = createPool<PreviewTask, Uint8Array>({
    spawn: () => startWorker('preview-worker'),
    ...options,
    taskTimeout: TASK_TIMEOUT,
    startTimeout: START_TIMEOUT,
    maxMemory: maxMemory(),
    maxCpu: MAX_CPU,
  })
  return {
    // What comes from another process is a view of the whole message.
    preview: async (image) => (await pool.run({ image })).slice(),
    close: pool.close,
  }
}
