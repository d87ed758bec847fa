import { SingleBar } from 'cli-progress'
import type { MatchEvent, ScanEvent } from '../../shared/contract/events.ts'

export interface Summary {
  type: 'summary'
  scan_id: string
  status: 'completed' | 'token_expired' | 'stopped'
  total_files: number
  matches: number
  no_match: number
  no_face_found: number
  errors: number
  /** From POST /scan to the end. */
  seconds: number
}

export interface Report {
  event(event: ScanEvent, sofar: Summary): void
  /** Lets go of the terminal, before `end` and when there will be none. */
  close(): void
  end(summary: Summary): void
}

/** What an event adds to the summary. */
export function count(event: ScanEvent, summary: Summary): void {
  if (event.type === 'match') summary.matches++
  else if (event.type === 'error') summary.errors++
  else if (event.type === 'progress') summary[event.status]++
  else if (event.type !== 'started') summary.status = event.type
}

/** One JSON object per line: the events as they come, the summary last. */
export function jsonReport(): Report {
  const line = (value: unknown) => console.log(JSON.stringify(value))
  return { event: line, close() {}, end: line }
}

/** Matches and the summary on standard output; on standard error the bar, on a terminal, and files with errors. */
export function textReport(whereIs: (match: MatchEvent) => string): Report {
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value}/{total} | {rate}/s | {left} left | {matches} found',
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false,
  })

  /** Above the bar, which is drawn anew below. */
  function print(write: (line: string) => void, line: string): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    write(line)
  }

  return {
    event(event, sofar) {
      if (event.type === 'started') bar.start(event.total_files, 0, { rate: '–', left: '–', matches: 0 })
      if (event.type === 'match') print(console.log, matchLine(event, whereIs(event)))
      if (event.type === 'error')
        print(console.error, `error  ${plain(event.file_name)}: ${plain(event.error)}`)
      const files = done(sofar)
      if (files === 0) return
      const rate = files / sofar.seconds
      const left = duration((sofar.total_files - files) / rate)
      bar.update(files, { rate: rate.toFixed(1), left, matches: sofar.matches })
    },
    close: () => bar.stop(),
    end: (summary) => console.log(summaryLine(summary)),
  }
}

function matchLine({ distance, file_name }: MatchEvent, where: string): string {
  return `match  ${distance.toFixed(3)}  ${plain(file_name)}  ${plain(where)}`
}

function summaryLine(summary: Summary): string {
  const { total_files, matches, no_face_found, errors, seconds, status } = summary
  const scanned = status === 'completed' ? `${total_files}` : `${done(summary)} of ${total_files}`
  const reason = { completed: '', stopped: ' (stopped)', token_expired: ' (the access token expired)' }[
    status
  ]
  return (
    `${scanned} files, ${several(matches, 'match', 'matches')}, ${no_face_found} without a face, ` +
    `${several(errors, 'error', 'errors')}, ${seconds.toFixed(1)} seconds${reason}`
  )
}

function duration(seconds: number): string {
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`
}

function several(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}

function done({ matches, no_match, no_face_found, errors }: Summary): number {
  return matches + no_match + no_face_found + errors
}

/** A file's name comes from others: control characters would reach the terminal as commands. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd')
}
