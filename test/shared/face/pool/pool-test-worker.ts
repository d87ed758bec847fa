import { workerData } from 'node:worker_threads'
import { AppError } from '../../../../shared/contract/app-error.ts'
import { serveTasks } from '../../../../shared/face/pool/serve-tasks.ts'

/** What the tests of the pool tell a thread to do. */
export type Command =
  | 'name'
  | 'exit'
  | 'throw'
  | 'throw later'
  | 'hang'
  | 'fill the heap'
  | 'refuse'
  | Int32Array

const { name, failStart, log }: { name: number; failStart: boolean; log: Int32Array } = workerData
if (failStart) throw new Error('no models here')
Atomics.add(log, 0, 1)

serveTasks<Command, number>(async (command) => {
  if (command === 'exit') process.exit(3)
  if (command === 'throw later')
    setImmediate(() =>
      queueMicrotask(() => {
        throw new Error('uncaught')
      }),
    )
  if (command === 'throw later') await new Promise(() => {})
  if (command === 'throw') throw new Error('a bug')
  if (command === 'hang') for (;;);
  if (command === 'refuse')
    throw new AppError('not_an_image', 'not this one', { cause: new RangeError('why') })
  if (command === 'fill the heap') for (const all: object[] = []; ; ) all.push({ more: [1, 2, 3, 4] })
  // An Int32Array is a gate: the task lasts until the test opens it.
  if (command instanceof Int32Array) await Atomics.waitAsync(command, 0, 0).value
  return { value: name, transfer: [] }
})
