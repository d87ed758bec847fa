import { parentPort } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../../contract/app-error.ts'

/** What a worker thread of the pool says to it. */
export type WorkerMessage<Result> =
  | { type: 'ready' }
  | { type: 'result'; value: Result }
  | { type: 'error'; code: ErrorCode; message: string }

/**
 * The worker thread's side of `createPool`: says that it is ready, then answers one task at a time. An AppError
 * reaches the caller with its code and message, any other error as `worker_failed`.
 */
export function serveTasks<Task, Result>(
  run: (task: Task) => Promise<{ value: Result; transfer: ArrayBufferLike[] }>,
): void {
  const port = parentPort
  if (port === null) throw new Error('This file runs as a worker thread.')
  const say = (message: WorkerMessage<Result>, transfer: ArrayBufferLike[] = []) =>
    port.postMessage(message, transfer as ArrayBuffer[])

  port.on('message', async (task: Task) => {
    try {
      const { value, transfer } = await run(task)
      say({ type: 'result', value }, transfer)
    } catch (error) {
      say({ type: 'error', ...described(error) })
    }
  })
  say({ type: 'ready' })
}

function described(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.message }
  return { code: 'worker_failed', message: `The image could not be analysed: ${error}` }
}
