/** Milliseconds within which a repeated signal is ignored: npm forwards a signal that the terminal sent to all anyway. */
const DUPLICATE_WINDOW = 1_000

/** Calls `stop` on the first SIGINT or SIGTERM; a later one ends the process immediately with `exitCode`. */
export function onStopSignal(stop: () => void, exitCode: number): void {
  let first: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = performance.now()
        stop()
      } else if (performance.now() - first > DUPLICATE_WINDOW) process.exit(exitCode)
    })
  }
}
