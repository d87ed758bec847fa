import type { ErrorCode } from '../contract/app-error.ts'
import {
  type Box,
  type FileErrorEvent,
  type FileEvent,
  fileEventId,
  type SuggestionEvent,
  suggestionEventId,
  type Unstored,
} from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import type { Drive } from '../drive/port.ts'
import { closestFace, matchCertainty } from '../face/distance.ts'
import type { KnownFaces } from '../store/faces-port.ts'
import type { Suggestion } from './second-look/second-look.ts'

export type FileOfScan = Pick<Task, 'scan_id' | 'file_id' | 'file_name' | 'resource_key'>

/** What turns faces into an event, besides the faces themselves. */
export interface MatchRule {
  drive: Pick<Drive, 'downloadUrl'>
  /** Faces closer than this are the same person. */
  matchDistance: number
}

/** The event of a file, from its faces and the target descriptors. */
export function matchEvent(
  file: FileOfScan,
  { faces, width, height, damaged }: KnownFaces,
  targets: Float32Array,
  { drive, matchDistance }: MatchRule,
): Unstored<FileEvent> {
  const closest = closestFace(targets, faces)
  const damage = damaged ? ({ damaged: true } as const) : {}
  if (!closest) return { type: 'progress', ...identify(file), status: 'no_face_found', ...damage }
  if (closest.distance >= matchDistance) {
    return { type: 'progress', ...identify(file), status: 'no_match', ...damage }
  }
  return {
    type: 'match',
    ...identify(file),
    status: 'match',
    download_url: drive.downloadUrl({ id: file.file_id, resource_key: file.resource_key }),
    distance: round(closest.distance, 1e4),
    certainty: matchCertainty(closest),
    box: roundBox(closest.face.box),
    image: { width, height },
    ...damage,
  }
}

export function suggestionEvent(
  file: FileOfScan,
  { face, width, height, distance, certainty }: Suggestion,
  { drive }: Pick<MatchRule, 'drive'>,
): Unstored<SuggestionEvent> {
  return {
    type: 'suggestion',
    ...identify(file),
    event_id: suggestionEventId(file.file_id),
    download_url: drive.downloadUrl({ id: file.file_id, resource_key: file.resource_key }),
    distance: round(distance, 1e4),
    certainty,
    box: roundBox(face.box),
    image: { width, height },
  }
}

export function errorEvent(file: FileOfScan, code: ErrorCode, message: string): Unstored<FileErrorEvent> {
  return { type: 'error', ...identify(file), error: message, code }
}

/** To tenths of a pixel: further digits are noise, and differ between a fresh analysis and a cached one. */
const roundBox = ({ x, y, width, height }: Box): Box => ({
  x: round(x, 10),
  y: round(y, 10),
  width: round(width, 10),
  height: round(height, 10),
})

/** To the nearest multiple of 1 / `parts`. */
const round = (value: number, parts: number) => Math.round(value * parts) / parts

const identify = ({ scan_id, file_id, file_name }: FileOfScan) => ({
  scan_id,
  event_id: fileEventId(file_id),
  file_id,
  file_name,
})
