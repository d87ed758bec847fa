import pLimit from 'p-limit'
import { AppError } from '../errors.ts'

/** How many uploads one process makes at the same time; Drive bounds the calls per account, not the bytes. */
const UPLOADS_AT_ONCE = 4

/** Bounds the uploads of a process, whoever asks for them. */
export interface UploadSlots {
  /** Waits for a slot. Rejects with `drive_unavailable` after `stop`. */
  run<T>(upload: () => Promise<T>): Promise<T>
  /** Lets the uploads in hand finish and starts no other. */
  stop(): Promise<void>
}

export function uploadSlots(concurrency = UPLOADS_AT_ONCE): UploadSlots {
  const limit = pLimit(concurrency)
  const inHand = new Set<Promise<unknown>>()
  let stopped = false

  return {
    run: (upload) =>
      limit(async () => {
        if (stopped) throw new AppError('drive_unavailable', 'The server is going away. Please try again.')
        const running = upload()
        inHand.add(running)
        return running.finally(() => inHand.delete(running))
      }),
    async stop() {
      stopped = true
      await Promise.allSettled(inHand)
    },
  }
}
