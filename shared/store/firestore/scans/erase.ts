import { type DocumentReference, FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore'
import { bulkDelete } from '../bulk-delete.ts'
import { ignoreStatus, NOT_FOUND, retryIdempotent } from '../status.ts'

/**
 * Makes the scan invisible and wipes its secrets, then deletes its events and groups and finally the scan itself. If
 * this is interrupted, the next sweep and Firestore's TTL complete it, since the scan has expired.
 */
export async function eraseScan(db: Firestore, scan: DocumentReference): Promise<void> {
  const forgotten = {
    expire_at: Timestamp.fromMillis(0),
    targets: FieldValue.delete(),
    access_token: FieldValue.delete(),
  }
  await retryIdempotent(() => ignoreStatus(NOT_FOUND, () => scan.update(forgotten)))
  await bulkDelete(db, (writer) => db.recursiveDelete(scan, writer))
}

/**
 * Deletes the scans that have expired by `now`, oldest first, and returns how many: soon, since one that never ended still
 * has its token. Its events and groups have no secrets and are left to Firestore's TTL, where a sweep would pay a read for
 * each.
 */
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
    const batch = db.batch()
    for (const scan of docs) batch.delete(scan.ref)
    await retryIdempotent(() => batch.commit())
    swept += docs.length
  }
}
