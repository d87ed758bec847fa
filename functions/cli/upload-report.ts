import type { FileOutcome } from '../../shared/jobs/upload-folder.ts'
import { several } from './command.ts'
import { printable } from './printable.ts'
import { printJson, progressBar } from './progress.ts'

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

/** One JSON object per line: the files as they are done, then the summary. */
export function jsonUploadReport(): UploadReport {
  return { start() {}, file: printJson, end: printJson }
}

/** Uploads with their links and the summary on standard output; failures and the bar on standard error. */
export function textUploadReport(): UploadReport {
  const bar = progressBar('uploaded')
  return {
    start: bar.start,
    file(file, sofar) {
      if (file.outcome === 'uploaded') {
        bar.print(console.log, `uploaded  ${printable(file.name)}  ${file.download_link}`)
      }
      if (file.outcome === 'failed') {
        bar.print(console.error, `error  ${printable(file.name)}: ${file.message}`)
      }
      bar.update(sofar.uploaded + sofar.present + sofar.failed, sofar.seconds, sofar.uploaded)
    },
    end(summary) {
      bar.stop()
      console.log(summaryLine(summary))
    },
  }
}

function summaryLine(summary: UploadSummary): string {
  const { total_files, uploaded, present, failed, not_tried, seconds, status } = summary
  const rest = not_tried > 0 ? `, ${not_tried} not tried` : ''
  const stopped = status === 'stopped' ? ' (stopped)' : ''
  return (
    `${several(total_files, 'file', 'files')}, ${uploaded} uploaded, ${present} already there, ${failed} failed${rest}, ` +
    `${seconds.toFixed(1)} seconds${stopped}`
  )
}
