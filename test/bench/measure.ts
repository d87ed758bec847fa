/** The middle value, of two the lower. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

/**
 * Median milliseconds of each task. The tasks take turns, so that a machine that slows down slows all of them; the
 * first turn warms up and does not count.
 */
export async function takeTurns<Name extends string>(
  tasks: Record<Name, () => Promise<unknown>>,
  turns: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(tasks) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let turn = 0; turn <= turns; turn++) {
    for (const name of names) {
      const start = performance.now()
      await tasks[name]()
      if (turn > 0) times.get(name)?.push(performance.now() - start)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

/** Throws: a benchmark of wrong answers has nothing to say. */
export function check(right: boolean, what: string): void {
  if (!right) throw new Error(`Wrong answer, no figures: ${what}`)
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits))
}
