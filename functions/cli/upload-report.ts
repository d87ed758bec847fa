import { SingleBar } from 'cli-progress'
import type { FileOutcome } from '../../shared/jobs/upload-folder.ts'

export interface UploadSummary {
  type: 'summary'
  status: 'completed' | 'stopped'
  total_files: number
  uploaded: number
  /** Uploaded before. */
  present: number
  failed: number
  not_tried: number
  seconds: number
}

export interface UploadReport {
  start(total: number): void
  file(file: FileOutcome, sofar: UploadSummary): void
  end(summary: UploadSummary): void
}

/** One JSON object per line: the files as they come, the summary last. */
export function jsonUploadReport(): UploadReport {
  const line = (value: unknown) => console.log(JSON.stringify(value))
  return { start() {}, file: line, end: line }
}

/** Uploads with their links and the summary on standard output; on standard error the bar and what failed. */
export function textUploadReport(): UploadReport {
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value}/{total} | {rate}/s | {left} left | {uploaded} uploaded',
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false,
  })
  let pending = 0

  /** Above the bar, which is drawn anew below. */
  function print(write: (line: string) => void, line: string): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    write(line)
  }

  return {
    start(total) {
      pending = total
      bar.start(total, 0, { rate: '–', left: '–', uploaded: 0 })
    },
    file(file, sofar) {
      pending--
      if (file.outcome === 'uploaded')
        print(console.log, `uploaded  ${plain(file.name)}  ${file.download_link}`)
      if (file.outcome === 'failed') print(console.error, `error  ${plain(file.name)}: ${file.message}`)
      const files = sofar.uploaded + sofar.present + sofar.failed
      const rate = files / Math.max(sofar.seconds, 0.001)
      const left = duration(pending / rate)
      bar.update(sofar.total_files - pending, { rate: rate.toFixed(1), left, uploaded: sofar.uploaded })
    },
    end(summary) {
      bar.stop()
      console.log(summaryLine(summary))
    },
  }
}

function summaryLine({
  total_files,
  uploaded,
  present,
  failed,
  not_tried,
  seconds,
  status,
}: UploadSummary): string {
  const rest = not_tried > 0 ? `, ${not_tried} not tried` : ''
  const stopped = status === 'stopped' ? ' (stopped)' : ''
  return (
    `${total_files} files, ${uploaded} uploaded, ${present} there before, ${failed} failed${rest}, ` +
    `${seconds.toFixed(1)} seconds${stopped}`
  )
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`
}

/** A file's name comes from others: control characters would reach the terminal as commands. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd')
}
