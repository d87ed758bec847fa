import type { CollectionReference, DocumentSnapshot, Firestore, Transaction } from '@google-cloud/firestore'
import { isDocumentId } from '../documents.ts'

/** Scans and what belongs to them, read only where the scan is visible: its `expire_at` is yet to come. */
export interface VisibleScans {
  all: CollectionReference
  groupsOf(scanId: string): CollectionReference
  eventsOf(scanId: string): CollectionReference
  isVisible(scan: DocumentSnapshot | undefined): scan is DocumentSnapshot
  /** Fields of a scan and, in the same call, of one of its documents. Undefined if the scan is not visible. */
  read(
    scanId: string,
    fields: string[],
    path?: [collection: string, id: string],
  ): Promise<{ scan: DocumentSnapshot; document: DocumentSnapshot | undefined } | undefined>
  /** When the scan expires, in milliseconds since 1970. */
  expiry(scanId: string): Promise<number | undefined>
  /**
   * Runs a transaction that writes to the scan, unless that has ended or is not visible; true where it wrote. Nothing that it
   * writes comes after an end that somebody else writes meanwhile.
   *
   * @param write also told when the scan expires, in milliseconds since 1970
   */
  whileRunning(
    scanId: string,
    write: (transaction: Transaction, expireAt: number) => Promise<void> | void,
  ): Promise<boolean>
  /** Runs a query inside the scan; returns its result if the scan is visible. */
  within<T>(scanId: string, query: () => Promise<T>, nothing: T): Promise<T>
}

export function visibleScans(db: Firestore, now: () => number): VisibleScans {
  const all = db.collection('scans')

  const isVisible = (scan: DocumentSnapshot | undefined): scan is DocumentSnapshot =>
    scan?.exists === true && scan.get('expire_at').toMillis() > now()

  const read: VisibleScans['read'] = async (scanId, fields, path) => {
    if (!isDocumentId(scanId)) return undefined
    const ref = all.doc(scanId)
    const refs = path ? [ref, ref.collection(path[0]).doc(path[1])] : [ref]
    const [scan, document] = await db.getAll(...refs, { fieldMask: ['expire_at', ...fields] })
    return isVisible(scan) ? { scan, document } : undefined
  }

  const expiry = async (scanId: string) => (await read(scanId, []))?.scan.get('expire_at').toMillis()

  return {
    all,
    groupsOf: (scanId) => all.doc(scanId).collection('groups'),
    eventsOf: (scanId) => all.doc(scanId).collection('events'),
    isVisible,
    read,
    expiry,
    async whileRunning(scanId, write) {
      if (!isDocumentId(scanId)) return false
      return db.runTransaction(async (transaction) => {
        const [scan] = await transaction.getAll(all.doc(scanId), { fieldMask: ['expire_at', 'ended'] })
        if (!isVisible(scan) || scan.get('ended') !== null) return false
        await write(transaction, scan.get('expire_at').toMillis())
        return true
      })
    },
    async within(scanId, query, nothing) {
      if (!isDocumentId(scanId)) return nothing
      const [expireAt, result] = await Promise.all([expiry(scanId), query()])
      return expireAt === undefined ? nothing : result
    },
  }
}
