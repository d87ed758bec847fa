import type { BulkWriter, Firestore } from '@google-cloud/firestore'
import { isTransient, retryTransient } from './status.ts'

/** Firestore accepts 500 deletes per second from a cold start, and more where keys are spread, as those of events are. */
const THROTTLING = { initialOpsPerSecond: 1_000, maxOpsPerSecond: 2_000 }
const ATTEMPTS = 10

/**
 * Deletes what `remove` hands to the writer, and waits for it. A delete that failed is tried again, and all of it once more
 * if one failed for good; rejects with the error of Firestore where that does not help either.
 */
export function bulkDelete(db: Firestore, remove: (writer: BulkWriter) => Promise<unknown>): Promise<void> {
  return retryTransient(async () => {
    const writer = db.bulkWriter({ throttling: THROTTLING })
    let failed: Error | undefined
    // The library itself gives up after a batch that was cancelled, as the emulator and a moving server do to some.
    writer.onWriteError((error) => {
      const again = isTransient(error) && error.failedAttempts < ATTEMPTS
      if (!again) failed ??= error
      return again
    })
    try {
      await remove(writer)
    } finally {
      // A client with an open writer cannot be closed.
      await writer.close()
    }
    if (failed) throw failed
  })
}
