import type { ErrorCode } from '../contract/app-error.ts'
import {
  type Box,
  type FileErrorEvent,
  type FileEvent,
  fileEventId,
  type Unstored,
} from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { Drive } from '../drive/port.ts'
import { closestFace } from '../face/distance.ts'
import type { KnownFaces } from '../store/port.ts'

export type FileOfScan = Pick<Task, 'scan_id' | 'file_id' | 'file_name'>

export interface Judgement {
  drive: Pick<Drive, 'downloadUrl'>
  /** Faces closer than this are the same person. */
  matchDistance: number
}

/** The event a file ends as, given its faces and the descriptors of the wanted one. */
export function matchEvent(
  file: FileOfScan,
  { faces, width, height }: KnownFaces,
  targets: Float32Array,
  { drive, matchDistance }: Judgement,
): Unstored<FileEvent> {
  const closest = closestFace(targets, faces)
  if (!closest) return { type: 'progress', ...aboutFile(file), status: 'no_face_found' }
  if (closest.distance >= matchDistance) return { type: 'progress', ...aboutFile(file), status: 'no_match' }
  return {
    type: 'match',
    ...aboutFile(file),
    status: 'match',
    download_url: drive.downloadUrl(file.file_id),
    distance: rounded(closest.distance, 1e4),
    box: roundedBox(closest.face.box),
    image: { width, height },
  }
}

/** Tenths of a pixel: more digits are noise, and differ between a fresh analysis and a kept one. */
const roundedBox = ({ x, y, width, height }: Box): Box => ({
  x: rounded(x, 10),
  y: rounded(y, 10),
  width: rounded(width, 10),
  height: rounded(height, 10),
})

const rounded = (value: number, parts: number) => Math.round(value * parts) / parts

export function errorEvent(file: FileOfScan, code: ErrorCode, message: string): Unstored<FileErrorEvent> {
  return { type: 'error', ...aboutFile(file), error: message, code }
}

const aboutFile = ({ scan_id, file_id, file_name }: FileOfScan) => ({
  scan_id,
  event_id: fileEventId(file_id),
  file_id,
  file_name,
})
