import { type DocumentData, type DocumentSnapshot, FieldValue, Timestamp } from '@google-cloud/firestore'
import type { ScanEvent, Unstored } from '../../contract/events.ts'
import type { NewScan, Scan } from '../port.ts'

/**
 * The documents of a scan.
 *
 * - `scans/{scanId}` decides whether the scan is visible.
 * - `scans/{scanId}/groups/{k}` has the files of a group; `opening` is null until it is opened, `closed_at` until it is
 *   closed.
 * - `scans/{scanId}/events/{eventId}` is the event as it is sent, with `at` as a Timestamp, `group` if the event is
 *   about a file, and the mark of its writer.
 */

/** Whether this can be the id of a document. Nothing exists under any other id that a client asks for. */
export function isDocumentId(id: string): boolean {
  return /^(?!\.{1,2}$)(?!__.*__$)[^/\0]{1,500}$/su.test(id)
}

/** Milliseconds that groups and events outlive their scan, so that Firestore's TTL never deletes them before it. */
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
    // Copied, because a Float32Array must start at a multiple of four, which a Buffer need not.
    targets: targets ? new Float32Array(new Uint8Array(targets).buffer) : undefined,
    suggestions: data.suggestions ?? false,
    engine_id: data.engine_id,
    key_hash: data.key_hash,
    access_token: data.access_token ?? undefined,
    created_at: data.created_at.toMillis(),
    last_progress_at: data.last_progress_at.toMillis(),
    expire_at: data.expire_at.toMillis(),
    ended: data.ended ?? undefined,
  }
}

export function eventDocument(event: Unstored<ScanEvent>, scanExpireAt: number, marks: EventMarks = {}) {
  const { group, writer } = marks
  return { ...event, group, writer, at: FieldValue.serverTimestamp(), expire_at: childExpiry(scanExpireAt) }
}

interface EventMarks {
  group?: number | undefined
  writer?: string
}

export function toEvent(document: DocumentSnapshot): ScanEvent {
  const { group: _group, writer: _writer, expire_at: _expiry, at, ...event } = document.data() ?? {}
  return { ...event, at: at.toDate().toISOString() } as ScanEvent
}
