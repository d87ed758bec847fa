import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createPool } from '../../../../shared/face/pool/pool.ts'
import type { Command } from './pool-test-worker.ts'

/** A process with a pool that has one task, which waits at the gate of the port in its arguments. */
const worker = fileURLToPath(new URL('./pool-test-worker.ts', import.meta.url))
const pool = createPool<Command, number>({
  spawn: () => fork(worker, ['1', 'false'], { serialization: 'advanced' }),
  concurrency: 1,
  maxTasks: 1000,
  taskTimeout: 20_000,
  startTimeout: 20_000,
  maxMemory: Infinity,
  maxCpu: Infinity,
})
await pool.run(Number(process.argv[2]))
