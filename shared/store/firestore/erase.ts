import { type DocumentReference, FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore'
import { ignoreStatus, NOT_FOUND, retryIdempotent } from './status.ts'

/** Deletes per second; Firestore takes 500 at once from the start and more where keys are spread, as events' are. */
export const DELETES_PER_SECOND = { initialOpsPerSecond: 1_000, maxOpsPerSecond: 2_000 }

/**
 * Makes the scan invisible and forgets its secrets, then deletes its events and groups and last the scan itself. Cut
 * short in between, the scan has expired and the next sweep goes on.
 */
export async function eraseScan(db: Firestore, scan: DocumentReference): Promise<void> {
  const forgotten = {
    expire_at: Timestamp.fromMillis(0),
    targets: FieldValue.delete(),
    access_token: FieldValue.delete(),
  }
  await retryIdempotent(() => ignoreStatus(NOT_FOUND, () => scan.update(forgotten)))
  await deleteAll(db, scan)
}

/** Deletes scans past `now`, the oldest first; answers how many. */
export async function sweepScans(db: Firestore, now: number): Promise<number> {
  const expired = db
    .collection('scans')
    .where('expire_at', '<=', Timestamp.fromMillis(now))
    .orderBy('expire_at')
    .select()
    .limit(100)
  let swept = 0
  for (;;) {
    const { docs } = await expired.get()
    if (docs.length === 0) return swept
    for (const scan of docs) await deleteAll(db, scan.ref)
    swept += docs.length
  }
}

async function deleteAll(db: Firestore, scan: DocumentReference): Promise<void> {
  const writer = db.bulkWriter({ throttling: DELETES_PER_SECOND })
  await db.recursiveDelete(scan, writer)
  await writer.close()
}
