import pLimit from 'p-limit'
import { AppError } from '../contract/app-error.ts'

/** Concurrent uploads of one process. Drive limits an account's calls, not its bytes. */
const MAX_UPLOADS = 4

/** Limits the concurrent uploads of a process. */
export interface UploadSlots {
  /** Waits for a slot. Rejects with `drive_unavailable` after `stop`. */
  run<T>(upload: () => Promise<T>): Promise<T>
  /**
   * As `run`, for an upload out of a backlog: at most as many of them as there are slots wait for a slot at a time, so
   * that a call of `run` waits for those few and not for the whole backlog.
   */
  runInBackground<T>(upload: () => Promise<T>): Promise<T>
  /** Waits for the uploads in progress and starts no others. */
  stop(): Promise<void>
}

export function uploadSlots(concurrency = MAX_UPLOADS): UploadSlots {
  const limit = pLimit(concurrency)
  const background = pLimit(concurrency)
  const inProgress = new Set<Promise<unknown>>()
  let stopped = false

  function run<T>(upload: () => Promise<T>): Promise<T> {
    return limit(async () => {
      if (stopped) throw new AppError('drive_unavailable', 'The server is shutting down. Please try again.')
      const running = upload()
      inProgress.add(running)
      return running.finally(() => inProgress.delete(running))
    })
  }

  return {
    run,
    runInBackground: (upload) => background(() => run(upload)),
    async stop() {
      stopped = true
      await Promise.allSettled(inProgress)
    },
  }
}
