import { parentPort } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../../contract/app-error.ts'

/** What a worker thread sends to its pool. */
export type WorkerMessage<Result> =
  | { type: 'ready' }
  | { type: 'result'; value: Result }
  | { type: 'error'; code: ErrorCode; message: string; cause?: Error }

/**
 * The worker thread's side of `createPool`: reports that it is ready, then runs each task that it gets. The pool rejects
 * with the code, message and cause of an AppError, and with `worker_failed` for any other error.
 */
export function serveTasks<Task, Result>(
  run: (task: Task) => Promise<{ value: Result; transfer: ArrayBufferLike[] }>,
): void {
  const port = parentPort
  if (port === null) throw new Error('This file runs as a worker thread.')
  const send = (message: WorkerMessage<Result>, transfer: ArrayBufferLike[] = []) =>
    port.postMessage(message, transfer as ArrayBuffer[])

  port.on('message', async (task: Task) => {
    try {
      const { value, transfer } = await run(task)
      send({ type: 'result', value }, transfer)
    } catch (error) {
      send({ type: 'error', ...describe(error) })
    }
  })
  send({ type: 'ready' })
}

function describe(error: unknown): { code: ErrorCode; message: string; cause?: Error } {
  const cause = error instanceof AppError ? error.cause : error
  return {
    code: error instanceof AppError ? error.code : 'worker_failed',
    message: error instanceof AppError ? error.message : `The image could not be analysed: ${error}`,
    ...(cause !== undefined && { cause: plain(cause) }),
  }
}

/** Of other errors than Error's own kinds, not every property can be sent to another thread. */
function plain(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause))
  const copy = new Error(cause.message)
  copy.name = cause.name
  if (cause.stack !== undefined) copy.stack = cause.stack
  return copy
}
