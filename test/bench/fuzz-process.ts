import { AppError } from '../../shared/contract/app-error.ts'
import { createFaceEngine } from '../../shared/face/engine.ts'
import { usageOf } from '../../shared/face/pool/usage.ts'
import { everyFormat } from '../shared/face/image/recipes/every-format.ts'
import { MUTATIONS, mutate, randomFrom } from '../shared/face/image/recipes/mutate.ts'
import { check, round } from './measure.ts'
import { children } from './own-usage.ts'

/** What this process tells its parent about each file. */
export interface Analysed {
  name: string
  what: string
  /** How its event would begin. */
  outcome: string
  milliseconds: number
  megabytes: number
}

/** Milliseconds, and bytes of resident memory of the worker. */
const MAX_TIME = 5_000
const MAX_MEMORY = 700e6
const SAMPLE_EVERY = 5

const [modelsDir = '', count, firstSeed] = process.argv.slice(2)
const setting = { engine: 'onnx', detail: 'group', nets: 'both', modelsDir, concurrency: 1 } as const
const engine = createFaceEngine({ ...setting, maxTasks: 1e6 })
const formats = [...(await everyFormat())]
for (const [name, file] of formats) {
  const { faces } = await engine.analyse(file, { kind: 'photo' })
  check(faces.length > 0, `${name} has faces before it is spoiled`)
}
for (let index = 0; index < Number(count); index++) {
  const [name, file] = formats[index % formats.length] as [string, Buffer]
  const mutation = MUTATIONS[Math.floor(index / formats.length) % MUTATIONS.length] ?? 'bits'
  const spoiled = mutate(file, mutation, randomFrom(Number(firstSeed) + index))
  process.send?.(await analyse(spoiled, name, `file ${index} (${name}, ${mutation})`))
}
await engine.close()
process.disconnect()

async function analyse(file: Buffer, name: string, what: string): Promise<Analysed> {
  let memory = 0
  const [worker = 0] = children()
  const watch = setInterval(async () => {
    memory = Math.max(memory, (await usageOf(worker))?.memory ?? 0)
  }, SAMPLE_EVERY)
  const start = performance.now()
  const outcome = await engine.analyse(file, { kind: 'photo' }).then(
    ({ damaged }) => (damaged ? 'damaged' : 'searched'),
    (error: unknown) => {
      check(error instanceof AppError && error.code !== 'worker_failed', `${what} kills no worker: ${error}`)
      return (error as AppError).code
    },
  )
  clearInterval(watch)
  const milliseconds = round(performance.now() - start, 0)
  const megabytes = round(memory / 1e6, 0)
  check(milliseconds < MAX_TIME, `${what} takes ${milliseconds} ms, less than ${MAX_TIME}`)
  check(memory < MAX_MEMORY, `${what} takes ${megabytes} MB, less than ${MAX_MEMORY / 1e6}`)
  return { name, what, outcome, milliseconds, megabytes }
}
