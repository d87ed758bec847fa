import { once } from 'node:events'
import { connect } from 'node:net'
import { AppError } from '../../../../shared/contract/app-error.ts'
import { serveTasks } from '../../../../shared/face/pool/serve-tasks.ts'

/** What the tests of the pool tell a process to do. */
export type Command =
  | 'name'
  | 'exit'
  | 'throw'
  | 'throw later'
  | 'hang'
  | 'fill the heap'
  | 'fill the memory'
  | 'refuse'
  /** Port of a gate: the task lasts until the test opens it. */
  | number

const [name, failStart] = [Number(process.argv[2]), process.argv[3] === 'true']

await serveTasks<Command, number>(async () => {
  if (failStart) throw new Error('no models here')
  return async (command) => {
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
    if (command === 'fill the memory') for (const all: Buffer[] = []; ; ) all.push(Buffer.alloc(1e6, 1))
    if (typeof command === 'number') await once(connect(command, '127.0.0.1').resume(), 'end')
    return name
  }
})
