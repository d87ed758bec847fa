import { ownUsage } from './own-usage.ts'

/** The middle value; of an even number of values the lower one of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

export interface Timing {
  /** Elapsed milliseconds. */
  wall: number
  /** Milliseconds of processor time of this process and its children, which do not depend on what else the machine does. */
  cpu: number
}

/**
 * The medians of each task's timings. The tasks take turns, so that a machine that slows down slows all of them. The first
 * turn is a warm-up and is not counted.
 */
export async function takeTurns<Name extends string>(
  tasks: Record<Name, () => Promise<unknown>>,
  turns: number,
): Promise<Record<Name, Timing>> {
  const names = Object.keys(tasks) as Name[]
  const timings = new Map<Name, Timing[]>(names.map((name) => [name, []]))
  for (let turn = 0; turn <= turns; turn++) {
    for (const name of names) {
      const before = await ownUsage()
      const start = performance.now()
      await tasks[name]()
      const wall = performance.now() - start
      const timing = { wall, cpu: (await ownUsage()).cpu - before.cpu }
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

/** Throws where `expectation` is not met: the speed of wrong results means nothing. */
export function check(right: boolean, expectation: string): void {
  if (!right) throw new Error(`Wrong result, so there are no figures. Expected: ${expectation}`)
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits))
}
