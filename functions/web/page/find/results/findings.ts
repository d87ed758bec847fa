import type { ScanHandle } from '../../../../../shared/client/client.ts'
import type { EndEvent, FileErrorEvent, ScanEvent } from '../../../../../shared/contract/events.ts'
import { mergePhotos, type Photo, toPhoto } from '../../photos/photo.ts'

/** The state of a search, from its events so far. */
export interface Findings {
  total: number
  /** In the order in which they were found, each file once. */
  photos: Photo[]
  /** What a second look suggests about further photos, and about some of these. */
  suggestions: Photo[]
  noMatch: number
  noFace: number
  errors: FileErrorEvent[]
  /** Why further photos of the folder are left out. */
  leftOut: { code?: string | undefined; error?: string | undefined } | undefined
  /** Files of the current scan with an event. */
  done: number
  /** Files processed according to the scan's status, when there are no live events. */
  polled: number
  /** When the last files were processed, in milliseconds since 1970, oldest first. */
  times: number[]
  end: EndEvent['type'] | undefined
  /** The guest ended the search before all files were searched. */
  stopped: boolean
  /** When it ended, in milliseconds since 1970. */
  endedAt: number | undefined
}

/** Number of files that the speed is measured over. */
const SPEED_WINDOW = 60

export function noFindings(total: number, photos: Photo[] = [], suggestions: Photo[] = []): Findings {
  return {
    total,
    photos,
    suggestions,
    noMatch: 0,
    noFace: 0,
    errors: [],
    leftOut: undefined,
    done: 0,
    polled: 0,
    times: [],
    end: undefined,
    stopped: false,
    endedAt: undefined,
  }
}

/** The findings plus further events of one scan, each of which arrives once. Known photos keep their place. */
export function withEvents(before: Findings, events: ScanEvent[], scan: ScanHandle): Findings {
  const now = { ...before }
  const matches: Photo[] = []
  const suggestions: Photo[] = []
  const errors: FileErrorEvent[] = []
  const times: number[] = []
  for (const event of events) {
    if (event.type === 'started' || event.type === 'listed') {
      now.total = event.total_files
      if (event.type === 'listed') now.leftOut = event.error === undefined ? undefined : event
      continue
    }
    if (event.type === 'completed' || event.type === 'token_expired') {
      now.end = event.type
      now.stopped = event.type === 'completed' && event.stopped === true
      now.endedAt = Date.parse(event.at)
      continue
    }
    if (event.type === 'suggestion') {
      suggestions.push(toPhoto(event, scan))
      continue
    }
    now.done++
    times.push(Date.parse(event.at))
    if (event.type === 'match') matches.push(toPhoto(event, scan))
    else if (event.type === 'error') errors.push(event)
    else if (event.status === 'no_match') now.noMatch++
    else now.noFace++
  }
  if (matches.length > 0) {
    now.photos = mergePhotos(before.photos, matches)
    // What an earlier scan of the search suggested is certain now.
    const found = new Set(matches.map(({ file_id }) => file_id))
    now.suggestions = before.suggestions.filter(({ file_id }) => !found.has(file_id))
  }
  if (suggestions.length > 0) now.suggestions = mergePhotos(now.suggestions, suggestions)
  if (errors.length > 0) now.errors = [...before.errors, ...errors]
  if (times.length > 0) now.times = [...before.times, ...times].slice(-SPEED_WINDOW)
  return now
}

/** Files per second over the last files; undefined while there are too few. */
export function speed({ times }: Findings): number | undefined {
  const first = times[0]
  const last = times.at(-1)
  if (first === undefined || last === undefined || times.length < 4 || last <= first) return undefined
  return ((times.length - 1) * 1000) / (last - first)
}

/** Number of files processed, as far as is known. */
export function filesDone({ done, polled, end, stopped, total }: Findings): number {
  // The status of a search that was stopped says that none remain.
  if (stopped) return done
  return end === 'completed' ? total : Math.max(done, polled)
}

/** Without a WebSocket only matches are known one by one. */
export const matchesAlone = ({ polled, done }: Findings): boolean => polled > done
