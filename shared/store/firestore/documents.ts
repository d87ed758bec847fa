import { type DocumentData, type DocumentSnapshot, FieldValue, Timestamp } from '@google-cloud/firestore'
import type { ScanEvent, Unstored } from '../../contract/events.ts'
import type { NewScan, Scan } from '../port.ts'

/**
 * What the documents look like.
 *
 * - `scans/{scanId}` decides whether the scan is visible.
 * - `scans/{scanId}/groups/{k}` holds the files of a group; `closed_at` is null until it is closed.
 * - `scans/{scanId}/events/{eventId}` is the event as it goes on the wire, with `at` as a Timestamp, and `group`
 *   where it is about a file.
 */

/** What can be the id of a document; whatever else a client asks for is not there. */
export function isDocumentId(id: string): boolean {
  return /^(?!\.{1,2}$)(?!__.*__$)[^/\0]{1,500}$/su.test(id)
}

/** Groups and events stay a little longer than their scan, so that the store's own deletion never takes them first. */
const CHILD_MARGIN = 3_600_000

export const childExpiry = (scanExpireAt: number) => Timestamp.fromMillis(scanExpireAt + CHILD_MARGIN)

export function scanDocument(scan: NewScan): DocumentData {
  const { scan_id: _id, targets, created_at, expire_at, ...fields } = scan
  return {
    ...fields,
    targets: new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength),
    created_at: Timestamp.fromMillis(created_at),
    last_progress_at: Timestamp.fromMillis(created_at),
    expire_at: Timestamp.fromMillis(expire_at),
    ended: null,
  }
}

export function toScan(document: DocumentSnapshot): Scan {
  const { targets, ...data } = document.data() ?? {}
  return {
    scan_id: document.id,
    folder: data.folder,
    total_files: data.total_files,
    window: data.window,
    // Copied, because a Buffer may start at an address that is not a multiple of 4.
    targets: targets ? new Float32Array(new Uint8Array(targets).buffer) : undefined,
    engine_id: data.engine_id,
    key_hash: data.key_hash,
    access_token: data.access_token ?? undefined,
    created_at: data.created_at.toMillis(),
    last_progress_at: data.last_progress_at.toMillis(),
    expire_at: data.expire_at.toMillis(),
    ended: data.ended ?? undefined,
  }
}

export function eventDocument(event: Unstored<ScanEvent>, group: number | undefined, scanExpireAt: number) {
  return { ...event, group, at: FieldValue.serverTimestamp(), expire_at: childExpiry(scanExpireAt) }
}

export function toEvent(document: DocumentSnapshot): ScanEvent {
  const { group: _group, expire_at: _expiry, at, ...event } = document.data() ?? {}
  return { ...event, at: at.toDate().toISOString() } as ScanEvent
}
