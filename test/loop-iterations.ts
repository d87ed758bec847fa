import { setImmediate } from 'node:timers/promises'

/**
 * Counts the iterations of the event loop until `work` ends. Whatever happens in the same iteration holds up every request
 * that arrives meanwhile.
 *
 * @param work takes a function that tells the number of the present iteration
 */
export async function countIterations<T>(work: (iteration: () => number) => Promise<T>): Promise<T> {
  let iteration = 0
  let done = false
  async function count() {
    for (; !done; iteration++) await setImmediate()
  }
  const counting = count()
  try {
    return await work(() => iteration)
  } finally {
    done = true
    await counting
  }
}

/** The largest number of times that something happened in one iteration. */
export function mostAtOnce(iterations: readonly number[]): number {
  const times = [...Map.groupBy(iterations, (iteration) => iteration).values()]
  return Math.max(0, ...times.map((same) => same.length))
}
