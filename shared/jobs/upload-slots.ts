import pLimit from 'p-limit'
import { AppError } from '../contract/app-error.ts'

/** How many uploads one process makes at the same time; Drive bounds the calls per account, not the bytes. */
const UPLOADS_AT_ONCE = 4

/** Bounds the uploads of a process, whoever asks for them. */
export interface UploadSlots {
  /** Waits for a slot. Rejects with `drive_unavailable` after `stop`. */
  run<T>(upload: () => Promise<T>): Promise<T>
  /**
   * As `run`, for one of any number: only as many of them as there are slots stand in line at a time, so that whoever
   * calls `run` waits for those few and not for all.
   */
  runBehind<T>(upload: () => Promise<T>): Promise<T>
  /** Lets the uploads in hand finish and starts no other. */
  stop(): Promise<void>
}

export function uploadSlots(concurrency = UPLOADS_AT_ONCE): UploadSlots {
  const limit = pLimit(concurrency)
  const behind = pLimit(concurrency)
  const inHand = new Set<Promise<unknown>>()
  let stopped = false

  function run<T>(upload: () => Promise<T>): Promise<T> {
    return limit(async () => {
      if (stopped) throw new AppError('drive_unavailable', 'The server is going away. Please try again.')
      const running = upload()
      inHand.add(running)
      return running.finally(() => inHand.delete(running))
    })
  }

  return {
    run,
    runBehind: (upload) => behind(() => run(upload)),
    async stop() {
      stopped = true
      await Promise.allSettled(inHand)
    },
  }
}
