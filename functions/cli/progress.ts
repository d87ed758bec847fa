import { SingleBar } from 'cli-progress'
import { printableJson } from './printable.ts'

/** What the reports of `npm run scan` and `npm run upload` have in common. */
export interface ProgressBar {
  /** Again with another total, when that has changed. */
  start(total: number): void
  /** @param done of the total; the rate and the time left come from it */
  update(done: number, seconds: number, found: number): void
  stop(): void
  /** Prints a line above the bar. */
  print(write: (line: string) => void, line: string): void
}

/** A progress bar on standard error, on a terminal only. @param found names the number that is shown last */
export function progressBar(found: string): ProgressBar {
  const bar = new SingleBar({
    stream: process.stderr,
    format: `{bar} {value}/{total} | {rate}/s | {left} left | {found} ${found}`,
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false,
  })
  let total = 0
  return {
    start(files) {
      total = files
      if (bar.isActive) bar.setTotal(files)
      else bar.start(files, 0, { rate: '–', left: '–', found: 0 })
    },
    update(done, seconds, found) {
      if (done === 0) return
      const rate = done / Math.max(seconds, 0.001)
      bar.update(done, { rate: rate.toFixed(1), left: duration((total - done) / rate), found })
    },
    stop: () => bar.stop(),
    print(write, line) {
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
      write(line)
    },
  }
}

/** Prints a value as one line of JSON. */
export const printJson = (value: unknown) => console.log(printableJson(value))

function duration(seconds: number): string {
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`
}
