const waiting: (() => void)[] = []

/**
 * Resolves when the caller may use the thread for some milliseconds: one caller in each iteration of the event loop, first
 * come, first served. Those who wait for `setImmediate` all run in the same iteration, so that requests would wait for
 * two hundred scans that take a few milliseconds each.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(give)
  })
}

function give(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(give)
}
