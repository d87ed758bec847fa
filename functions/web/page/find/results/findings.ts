import type { ScanHandle } from '../../../../../shared/client/client.ts'
import type {
  EndEvent,
  FileErrorEvent,
  MatchEvent,
  ScanEvent,
} from '../../../../../shared/contract/events.ts'

/** A photo that shows the guest, with the scan whose key opens its thumbnail. */
export interface Photo extends MatchEvent {
  scan: ScanHandle
}

/** What the events of a search say so far. */
export interface Findings {
  total: number
  /** In the order in which they were found, each file once. */
  photos: Photo[]
  noMatch: number
  noFace: number
  errors: FileErrorEvent[]
  /** Files of the current scan whose event came. */
  done: number
  /** Files that are done with by the scan's status, where no events tell. */
  polled: number
  /** When the last files were done with, milliseconds since 1970, oldest first. */
  times: number[]
  end: EndEvent['type'] | undefined
}

/** Files that the speed is taken from. */
const RECENT = 60

export function noFindings(total: number, photos: Photo[] = []): Findings {
  return { total, photos, noMatch: 0, noFace: 0, errors: [], done: 0, polled: 0, times: [], end: undefined }
}

/** The findings with further events of one scan, which come once each. Photos already there keep their place. */
export function withEvents(before: Findings, events: ScanEvent[], scan: ScanHandle): Findings {
  const now = { ...before }
  const matches = new Map<string, Photo>()
  const errors: FileErrorEvent[] = []
  const times: number[] = []
  for (const event of events) {
    if (event.type === 'started') {
      now.total = event.total_files
      continue
    }
    if (event.type === 'completed' || event.type === 'token_expired') {
      now.end = event.type
      continue
    }
    now.done++
    times.push(Date.parse(event.at))
    if (event.type === 'match') matches.set(event.file_id, { ...event, scan })
    else if (event.type === 'error') errors.push(event)
    else if (event.status === 'no_match') now.noMatch++
    else now.noFace++
  }
  if (matches.size > 0) now.photos = merge(before.photos, matches)
  if (errors.length > 0) now.errors = [...before.errors, ...errors]
  if (times.length > 0) now.times = [...before.times, ...times].slice(-RECENT)
  return now
}

/** New photos behind the known ones; known ones found again are opened by the newer scan's key. */
function merge(known: Photo[], found: Map<string, Photo>): Photo[] {
  const kept = known.map((photo) => found.get(photo.file_id) ?? photo)
  for (const photo of known) found.delete(photo.file_id)
  return [...kept, ...found.values()]
}

/** Files per second over the last ones; undefined as long as there are too few to tell. */
export function speed({ times }: Findings): number | undefined {
  const first = times[0]
  const last = times.at(-1)
  if (first === undefined || last === undefined || times.length < 4 || last <= first) return undefined
  return ((times.length - 1) * 1000) / (last - first)
}

/** Files that are done with, as far as is known. */
export function filesDone({ done, polled, end, total }: Findings): number {
  return end === 'completed' ? total : Math.max(done, polled)
}

export type Certainty = 'sure' | 'likely'

/** Share of the threshold below which hardly any stranger comes: 0.36 of 0.45. */
const SURE = 0.8

/** The distance in words. */
export function certainty(distance: number, matchDistance: number): Certainty {
  return distance < SURE * matchDistance ? 'sure' : 'likely'
}
