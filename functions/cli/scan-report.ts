import type { MatchEvent, ScanEvent, SuggestionEvent } from '../../shared/contract/events.ts'
import { several } from './command.ts'
import { printable } from './printable.ts'
import { printJson, progressBar } from './progress.ts'

export interface Summary {
  type: 'summary'
  scan_id: string
  status: 'completed' | 'token_expired' | 'stopped'
  total_files: number
  matches: number
  no_match: number
  no_face_found: number
  errors: number
  suggestions: number
  /** From POST /scan to the end. */
  seconds: number
}

export interface Report {
  event(event: ScanEvent, sofar: Summary): void
  /** Lets go of the terminal, before `end` and when there will be none. */
  close(): void
  end(summary: Summary): void
}

/** Adds an event to the summary. */
export function count(event: ScanEvent, summary: Summary): void {
  if (event.type === 'match') summary.matches++
  else if (event.type === 'error') summary.errors++
  else if (event.type === 'progress') summary[event.status]++
  else if (event.type === 'suggestion') summary.suggestions++
  else if (event.type === 'listed') summary.total_files = event.total_files
  else if (event.type !== 'started') summary.status = event.type
}

/** One JSON object per line: the events as they arrive, then the summary. */
export function jsonReport(): Report {
  return { event: printJson, close() {}, end: printJson }
}

/** Matches, suggestions and the summary on standard output; on standard error the files with errors and, on a terminal, the bar. */
export function textReport(
  whereIs: (found: MatchEvent | SuggestionEvent) => string,
  suggestionsAsked = false,
): Report {
  const bar = progressBar('found')
  return {
    event(event, sofar) {
      if (event.type === 'started' || event.type === 'listed') bar.start(event.total_files)
      if (event.type === 'match' || event.type === 'suggestion')
        bar.print(console.log, foundLine(event, whereIs(event)))
      if (event.type === 'error') {
        bar.print(console.error, `error  ${printable(event.file_name)}: ${printable(event.error)}`)
      }
      if (event.type === 'listed' && event.error !== undefined) {
        bar.print(console.error, `error  photos of the folder are left out: ${printable(event.error)}`)
      }
      bar.update(done(sofar), sofar.seconds, sofar.matches)
    },
    close: bar.stop,
    end: (summary) => console.log(summaryLine(summary, suggestionsAsked)),
  }
}

/** Suggestions come after all matches: photos that may show the person, and matches that may not. */
const WORD = { possible: 'maybe', look_alike: 'doubt' }

function foundLine(event: MatchEvent | SuggestionEvent, where: string): string {
  const word = event.type === 'match' ? 'match' : WORD[event.certainty]
  const damage = 'damaged' in event ? ' (damaged)' : ''
  return `${word}  ${event.distance.toFixed(3)}  ${printable(event.file_name)}${damage}  ${printable(where)}`
}

const REASON = { completed: '', stopped: ' (stopped)', token_expired: ' (the access token expired)' }

function summaryLine(summary: Summary, suggestionsAsked: boolean): string {
  const { total_files, matches, suggestions, no_face_found, errors, seconds, status } = summary
  const more = suggestionsAsked ? `, ${several(suggestions, 'suggestion', 'suggestions')}` : ''
  const all = several(total_files, 'file', 'files')
  const scanned = status === 'completed' ? all : `${done(summary)} of ${all}`
  return (
    `${scanned}, ${several(matches, 'match', 'matches')}${more}, ${no_face_found} without a face, ` +
    `${several(errors, 'error', 'errors')}, ${seconds.toFixed(1)} seconds${REASON[status]}`
  )
}

function done({ matches, no_match, no_face_found, errors }: Summary): number {
  return matches + no_match + no_face_found + errors
}
