import { type DocumentData, type DocumentSnapshot, FieldValue, Timestamp } from '@google-cloud/firestore'
import { END, fileEventId, type ProgressEvent, type ScanEvent, type Unstored } from '../../contract/events.ts'
import type { DriveFile } from '../../drive/port.ts'
import type { NewScan, Scan } from '../port.ts'

/**
 * The documents of a scan.
 *
 * - `scans/{scanId}` decides whether the scan is visible.
 * - `scans/{scanId}/groups/{k}` has the files of a group; `opening` is null until it is opened, `closed_at` until it is
 *   closed, and `known` is how many of its events are in one document. One without files stands for those that are yet to be
 *   listed.
 * - `scans/{scanId}/events/{eventId}` is the event as it is sent, with `at` as a Timestamp, `group` if the event is
 *   about a file, and the mark of its writer.
 * - `scans/{scanId}/events/group:{k}` has the `progress` events that were stored as group k was opened: in `files` what
 *   tells them apart, in their order, and in `file_ids` by what they are found.
 */

/** Whether this can be the id of a document. Nothing exists under any other id that a client asks for. */
export function isDocumentId(id: string): boolean {
  return /^(?!\.{1,2}$)(?!__.*__$)[^/\0]{1,500}$/su.test(id)
}

/** Milliseconds that groups and events outlive their scan, so that Firestore's TTL never deletes them before it. */
const CHILD_MARGIN = 3_600_000

const childExpiry = (scanExpireAt: number) => Timestamp.fromMillis(scanExpireAt + CHILD_MARGIN)

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

export function groupDocument(files: DriveFile[], scanExpireAt: number): DocumentData {
  return { files, opening: null, known: 0, closed_at: null, expire_at: childExpiry(scanExpireAt) }
}

/** The one group of a scan that was stored when it had already ended. */
export function closedGroupDocument(known: number, closedAt: number, scanExpireAt: number): DocumentData {
  return { ...groupDocument([], scanExpireAt), known, closed_at: Timestamp.fromMillis(closedAt) }
}

export function toScan(document: DocumentSnapshot): Scan {
  const { targets, ...data } = document.data() ?? {}
  return {
    scan_id: document.id,
    folder: data.folder,
    total_files: data.total_files,
    listing: data.listing ?? undefined,
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
    album: data.album ?? undefined,
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

export const groupEventsId = (group: number) => `group:${group}`

/** @param events at least one, of one group */
export function groupEventsDocument(group: number, events: Unstored<ProgressEvent>[], scanExpireAt: number) {
  return {
    type: 'progress',
    scan_id: events[0]?.scan_id,
    event_id: groupEventsId(group),
    files: events.map(({ type: _type, scan_id: _scan, event_id: _id, ...file }) => file),
    file_ids: events.map(({ file_id }) => file_id),
    at: FieldValue.serverTimestamp(),
    expire_at: childExpiry(scanExpireAt),
  }
}

/** The events of a document, in their order: one, or those of a group. */
export function toEvents(document: DocumentSnapshot): ScanEvent[] {
  const { group: _group, writer: _writer, expire_at: _expiry, ...data } = document.data() ?? {}
  const at: string = data.at.toDate().toISOString()
  if (data.files === undefined) return [{ ...data, at } as ScanEvent]
  const { type, scan_id, files } = data
  return files.map((file: { file_id: string }) => {
    return { type, scan_id, event_id: fileEventId(file.file_id), ...file, at }
  })
}

/**
 * The same with ends last: `at` is when a write was asked for, and the end waits for what is being written. So an event that was
 * stored before the end may bear a time behind it, by milliseconds.
 */
export const endsLast = (events: ScanEvent[]): ScanEvent[] => [
  ...events.filter(({ event_id }) => event_id !== END),
  ...events.filter(({ event_id }) => event_id === END),
]
