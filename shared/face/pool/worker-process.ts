import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Of JavaScript alone, in MB: no photo takes much of that. */
const MAX_HEAP = 512
/** Bytes of a process. Measured: up to 1.85 GB, with AVIF of 50 megapixels after other large photos. */
const MAX_MEMORY = 2_200_000_000
/** Of what a container has at most, the share that a worker may take before the container is ended with all in it. */
const CONTAINER_SHARE = 0.85

/** Milliseconds of processor time that an image may take. Measured, the largest photos take 3 s: AVIF of 50 megapixels, HEIC of 48. */
export const MAX_CPU = 30_000

/** The most memory of a process, in bytes. */
export function maxMemory(): number {
  const container = process.constrainedMemory()
  return container > 0 ? Math.min(MAX_MEMORY, CONTAINER_SHARE * container) : MAX_MEMORY
}

/** Starts a process that decodes images. */
export function startWorker(name: 'face-worker' | 'preview-worker', ...args: string[]): ChildProcess {
  return fork(fileURLToPath(workerUrl(name)), args, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${MAX_HEAP}`],
    // onnxruntime sends usage data to Microsoft unless this is set. One thread decodes, since an image is one task.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', UV_THREADPOOL_SIZE: '1' },
    // libheif writes to standard output about every damaged file. The caller gets a rejection instead.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** In a bundle, infra/build/bundle.ts puts the workers beside the file that this code becomes part of. */
function workerUrl(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}
