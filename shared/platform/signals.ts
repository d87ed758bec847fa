/** Milliseconds in which a signal is the one before: npm passes on what the terminal has sent to everybody already. */
const SAME_SIGNAL = 1_000

/** Calls `stop` with the first SIGINT or SIGTERM, and ends the process at once with one that comes later. */
export function onStopSignal(stop: () => void, exitCode: number): void {
  let first: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = performance.now()
        stop()
      } else if (performance.now() - first > SAME_SIGNAL) process.exit(exitCode)
    })
  }
}
