import { median } from '../../bench/measure.ts'

/** Resident memory of the server with its workers, in bytes. */
export interface MemorySample {
  /** How often the server had been killed. */
  life: number
  /** Since the start. */
  minute: number
  memory: number
}

export interface Memory {
  /** Range in MB. */
  lives: string
  /** At the same age of the server: the last third of its lives against the first. */
  restarts: number
  long: string
  /** Within the longest life, without its first minute: the second half against the first. */
  run: number
}

export function memoryOf(samples: readonly MemorySample[]): Memory {
  const lives = Map.groupBy(samples, ({ life }) => life)
  const young = [...lives.values()].flatMap((life) => life.slice(0, 1)).map(({ memory }) => memory)
  const longest = [...lives.values()].toSorted((a, b) => b.length - a.length)[0] ?? []
  const old = longest.slice(1).map(({ memory }) => memory)
  const third = Math.max(1, Math.floor(young.length / 3))
  const half = Math.max(1, Math.floor(old.length / 2))
  return {
    lives: range(young),
    restarts: median(young.slice(-third)) / median(young.slice(0, third)),
    long: range(old),
    run: old.length < 2 ? 1 : median(old.slice(-half)) / median(old.slice(0, half)),
  }
}

const range = (values: readonly number[]) =>
  values.length === 0 ? 'none' : `${megabytes(Math.min(...values))} to ${megabytes(Math.max(...values))} MB`
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)
