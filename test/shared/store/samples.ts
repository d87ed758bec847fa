import { randomUUID } from 'node:crypto'
import {
  END,
  type EndEvent,
  type FileEvent,
  fileEventId,
  STARTED,
  type StartedEvent,
  type SuggestionEvent,
  suggestionEventId,
  type Unstored,
} from '../../../shared/contract/events.ts'
import type { DriveFile } from '../../../shared/drive/port.ts'
import type { IndexedPhoto } from '../../../shared/store/faces-port.ts'
import { GROUP_SIZE, type NewScan, type ScanStore } from '../../../shared/store/port.ts'

export const HOUR = 3_600_000

/** Two descriptors with float32 values, as a view into a larger buffer. */
export function targets(): Float32Array {
  return new Float32Array(300).map((_, index) => Math.fround(Math.sin(index) / 3)).subarray(44)
}

export function newScan(createdAt: number, totalFiles = 1): NewScan {
  return {
    scan_id: randomUUID(),
    folder: { id: 'folder-1', resource_key: '0-key' },
    total_files: totalFiles,
    window: 2,
    targets: targets(),
    suggestions: false,
    engine_id: 'engine',
    key_hash: 'a'.repeat(64),
    access_token: 'k1:encrypted',
    created_at: createdAt,
    expire_at: createdAt + 7 * HOUR,
  }
}

/** Some files have every field, some only those required. */
export function driveFiles(count: number): DriveFile[] {
  return Array.from({ length: count }, (_, index) => {
    const file: DriveFile = { id: `file-${index}`, name: `Photo ${index} – é.jpg`, mime_type: 'image/jpeg' }
    return index % 2 === 0
      ? file
      : { ...file, md5: 'd41d8cd9', size: 1000 + index, resource_key: `0-${index}` }
  })
}

export function inGroups(files: DriveFile[]): DriveFile[][] {
  const groups = Math.ceil(files.length / GROUP_SIZE)
  return Array.from({ length: groups }, (_, index) =>
    files.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
  )
}

export function started(scan: NewScan): Unstored<StartedEvent> {
  return { type: 'started', scan_id: scan.scan_id, event_id: STARTED, total_files: scan.total_files }
}

/** Stores a running scan and returns it. */
export async function begin(scans: ScanStore, createdAt: number, totalFiles = 1): Promise<NewScan> {
  const scan = newScan(createdAt, totalFiles)
  await scans.create(scan, inGroups(driveFiles(totalFiles)), started(scan))
  return scan
}

export function progress(scanId: string, fileId: string): Unstored<FileEvent> {
  return {
    type: 'progress',
    scan_id: scanId,
    event_id: fileEventId(fileId),
    file_id: fileId,
    file_name: `${fileId}.jpg`,
    status: 'no_match',
  }
}

export function match(scanId: string, fileId: string): Unstored<FileEvent> {
  return {
    type: 'match',
    scan_id: scanId,
    event_id: fileEventId(fileId),
    file_id: fileId,
    file_name: `${fileId}.jpg`,
    status: 'match',
    download_url: `https://drive.google.com/uc?id=${fileId}&export=download`,
    distance: 0.3125,
    certainty: 'sure',
    box: { x: 1.5, y: 2, width: 30.25, height: 40 },
    image: { width: 400, height: 300 },
  }
}

export function suggestion(scanId: string, fileId: string): Unstored<SuggestionEvent> {
  return {
    type: 'suggestion',
    scan_id: scanId,
    event_id: suggestionEventId(fileId),
    file_id: fileId,
    file_name: `${fileId}.jpg`,
    download_url: `https://drive.google.com/uc?id=${fileId}&export=download`,
    distance: 0.4625,
    certainty: 'possible',
    box: { x: 1.5, y: 2, width: 30.25, height: 40 },
    image: { width: 400, height: 300 },
  }
}

export function fileError(scanId: string, fileId: string): Unstored<FileEvent> {
  return {
    type: 'error',
    scan_id: scanId,
    event_id: fileEventId(fileId),
    file_id: fileId,
    file_name: `${fileId}.jpg`,
    error: 'The file is not an image.',
    code: 'not_an_image',
  }
}

export function completed(scanId: string): Unstored<EndEvent> {
  return { type: 'completed', scan_id: scanId, event_id: END }
}

export function tokenExpired(scanId: string): Unstored<EndEvent> {
  return { type: 'token_expired', scan_id: scanId, event_id: END, message: 'Please re-authenticate.' }
}

/** With faces whose numbers float16 has exactly, as many as told. */
export function indexedPhoto(fileId: string, faces: number): IndexedPhoto {
  return {
    file_id: fileId,
    md5: 'd41d8cd9',
    width: 4000,
    height: 3000,
    faces: Array.from({ length: faces % 3 }, (_, index) => ({
      box: { x: index + 1234.0625, y: 2.5, width: 30.25, height: 40 },
      score: 0.5,
      descriptor: new Float32Array(320).map((_value, at) => ((at * 7 + index) % 64) / 256 - 0.125),
    })),
  }
}

export const ids = (events: readonly { event_id: string }[] | undefined) =>
  events?.map((event) => event.event_id)

/** The Drive columns of a job whose file is not on Drive. */
export const NOT_ON_DRIVE = {
  drive_file_id: null,
  drive_link: null,
  download_link: null,
  qr_url: null,
  drive_uploaded_at: null,
}
