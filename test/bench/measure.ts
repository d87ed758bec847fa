/** The middle value, of two the lower. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

export interface Timing {
  /** Milliseconds on the clock. */
  wall: number
  /** Milliseconds of processor time, all threads of this process together: the same whatever else the machine does. */
  cpu: number
}

/**
 * Medians of each task. The tasks take turns, so that a machine that slows down slows all of them; the first turn warms
 * up and does not count.
 */
export async function takeTurns<Name extends string>(
  tasks: Record<Name, () => Promise<unknown>>,
  turns: number,
): Promise<Record<Name, Timing>> {
  const names = Object.keys(tasks) as Name[]
  const timings = new Map<Name, Timing[]>(names.map((name) => [name, []]))
  for (let turn = 0; turn <= turns; turn++) {
    for (const name of names) {
      const start = performance.now()
      const before = process.cpuUsage()
      await tasks[name]()
      const { user, system } = process.cpuUsage(before)
      const timing = { wall: performance.now() - start, cpu: (user + system) / 1000 }
      if (turn > 0) timings.get(name)?.push(timing)
    }
  }
  const medians = names.map((name) => {
    const measured = timings.get(name) ?? []
    return [
      name,
      { wall: median(measured.map(({ wall }) => wall)), cpu: median(measured.map(({ cpu }) => cpu)) },
    ]
  })
  return Object.fromEntries(medians) as Record<Name, Timing>
}

/** Throws: a benchmark of wrong answers has nothing to say. */
export function check(right: boolean, what: string): void {
  if (!right) throw new Error(`Wrong answer, no figures: ${what}`)
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits))
}
