import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** MATCH_CONCURRENCY allows no more. */
const MOST = 256

export const WORKERS_HELP = `a whole number from 1 to ${MOST}`

/** Undefined for what is not a number of instances. */
export function toWorkers(text: string): number | undefined {
  const number = Number(text)
  return text.trim() !== '' && Number.isInteger(number) && number >= 1 && number <= MOST ? number : undefined
}

export const instancesOfFaceMatch = (workers: number) =>
  `${workers} ${workers === 1 ? 'instance' : 'instances'} of face-match`

export interface WorkersInput {
  scale(workers: number): Promise<void>
  /** Called with what there is to tell whoever typed. */
  print(line: string): void
}

/** Changes the number of face-match instances to what is typed. One change after the other; the end of input is nothing. */
export function readWorkers(input: Readable, { scale, print }: WorkersInput): void {
  // Not as a terminal: that would keep Ctrl-C from this process.
  const lines = createInterface({ input, terminal: false })
  lines.on('line', async (line) => {
    if (line.trim() === '') return
    const workers = toWorkers(line)
    if (workers === undefined) return print(`Type ${WORKERS_HELP} to change the instances of face-match.`)
    try {
      await scale(workers)
      print(instancesOfFaceMatch(workers))
    } catch (error) {
      print(
        `The instances of face-match could not be changed: ${error instanceof Error ? error.message : error}`,
      )
    }
  })
}
