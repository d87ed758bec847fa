import { AppError, type ErrorCode } from '../../contract/app-error.ts'

/** What a worker process sends to its pool. */
export type WorkerMessage<Result> =
  | { type: 'ready' }
  | { type: 'result'; value: Result }
  | { type: 'error'; code: ErrorCode; message: string; cause?: Error }
  /** It ends. */
  | { type: 'fatal'; message: string }

/**
 * The worker process' side of `createPool`: loads what it needs, reports that it is ready, then runs each task that it
 * gets. The pool rejects with the code, message and cause of an AppError, and with `worker_failed` for any other error.
 */
export async function serveTasks<Task, Result>(
  load: () => Promise<(task: Task) => Promise<Result>>,
): Promise<void> {
  if (process.send === undefined) throw new Error('This file runs as a child process.')
  const send = (message: WorkerMessage<Result>, sent?: () => void) =>
    process.send?.(message, undefined, undefined, sent)
  process.on('uncaughtException', (error) =>
    send({ type: 'fatal', message: String(error) }, () => process.exit(1)),
  )
  // A terminal sends its signals to all processes. The server's process decides when this one ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  // The server's process has ended. An exit would wait for native code that runs.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

  const run = await load()
  process.on('message', async (task: Task) => {
    try {
      send({ type: 'result', value: await run(task) })
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

/** Of other errors than Error's own kinds, not every property can be sent to another process. */
function plain(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause))
  const copy = new Error(cause.message)
  copy.name = cause.name
  if (cause.stack !== undefined) copy.stack = cause.stack
  return copy
}
