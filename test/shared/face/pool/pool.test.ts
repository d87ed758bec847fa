import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createPool, type PoolOptions, type WorkerPool } from '../../../../shared/face/pool/pool.ts'
import type { Command } from './pool-test-worker.ts'

describe('the worker pool', () => {
  const pools: WorkerPool<Command, number>[] = []
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.close()
  })

  function setUp(options: Partial<PoolOptions> = {}, failStart: (name: number) => boolean = () => false) {
    /** The threads that were spawned; `log` counts those that have started. */
    const spawned: Worker[] = []
    const log = new Int32Array(new SharedArrayBuffer(4))
    const settings: PoolOptions = {
      spawn() {
        const name = spawned.length + 1
        const worker = new Worker(new URL('./pool-test-worker.ts', import.meta.url), {
          workerData: { name, failStart: failStart(name), log },
          resourceLimits: { maxOldGenerationSizeMb: 32 },
          stderr: true,
        })
        spawned.push(worker)
        return worker
      },
      concurrency: 1,
      maxTasks: 1000,
      taskTimeout: 20_000,
      startTimeout: 20_000,
      closeTimeout: 300,
      ...options,
    }
    const pool = createPool<Command, number>(settings)
    pools.push(pool)
    return { pool, settings, spawned, started: () => Atomics.load(log, 0) }
  }

  test('starts as many threads as there is work for, up to its concurrency', async () => {
    const { pool, spawned } = setUp({ concurrency: 3 })
    await pool.ready()
    expect(spawned).toHaveLength(1)
    const gates = [gate(), gate(), gate(), gate(), gate()]
    const results = gates.map((closed) => pool.run(closed))
    expect(spawned).toHaveLength(3)
    for (const closed of gates) open(closed)
    expect(new Set(await Promise.all(results)).size).toBeLessThanOrEqual(3)
    expect(spawned).toHaveLength(3)
  })

  test('gives each thread one task at a time, in order', async () => {
    const { pool } = setUp()
    const first = gate()
    const order: string[] = []
    const done = [
      pool.run(first).then(() => order.push('first')),
      pool.run('name').then(() => order.push('second')),
    ]
    await pool.ready()
    open(first)
    await Promise.all(done)
    expect(order).toEqual(['first', 'second'])
  })

  test.each<[Command, string]>([
    ['exit', 'exited with code 3'],
    ['throw later', 'uncaught'],
    ['fill the heap', 'memory'],
  ])('a task that kills its thread (%s) fails, and no other task does', async (poison, reason) => {
    const { pool, spawned } = setUp()
    const results = await Promise.allSettled([pool.run('name'), pool.run(poison), pool.run('name')])
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { code: 'worker_failed', message: expect.stringContaining(reason) } },
      { status: 'fulfilled', value: 2 },
    ])
    expect(spawned).toHaveLength(2)
  })

  test('a task that hangs is rejected and its thread terminated', async () => {
    const { pool, settings } = setUp({ taskTimeout: 200 })
    await pool.ready()
    const hung = pool.run('hang')
    // The next task has more time.
    settings.taskTimeout = 20_000
    expect(await Promise.allSettled([hung, pool.run('name')])).toMatchObject([
      { status: 'rejected', reason: { code: 'worker_failed', message: expect.stringContaining('too long') } },
      { status: 'fulfilled', value: 2 },
    ])
  })

  test('errors keep their code and cause, and the thread carries on', async () => {
    const { pool, spawned } = setUp()
    await expect(pool.run('refuse')).rejects.toMatchObject({
      name: 'AppError',
      code: 'not_an_image',
      message: 'not this one',
      cause: { message: 'why', stack: expect.stringContaining('RangeError: why\n    at') },
    })
    await expect(pool.run('throw')).rejects.toMatchObject({
      code: 'worker_failed',
      cause: { message: 'a bug' },
    })
    expect(await pool.run('name')).toBe(1)
    expect(spawned).toHaveLength(1)
  })

  test('a thread works until its successor has started', async () => {
    const { pool, spawned, started } = setUp({ maxTasks: 3 })
    const names: number[] = []
    while (new Set(names).size < 4) {
      const before = started()
      const name = await pool.run('name')
      // The thread had started before it got the task: only the very first task waits for a start.
      if (before > 0) expect(name).toBeLessThanOrEqual(before)
      names.push(name)
    }
    expect(names).toEqual(names.toSorted((a, b) => a - b))
    expect([...new Set(names)]).toEqual([1, 2, 3, 4])
    expect(names.filter((name) => name === 2).length).toBeGreaterThanOrEqual(3)
    expect(spawned.length).toBeLessThanOrEqual(5)
  })

  test('a replaced thread finishes its task', async () => {
    const { pool, spawned } = setUp({ maxTasks: 1 })
    expect(await pool.run('name')).toBe(1)
    const closed = gate()
    const late = pool.run(closed)
    const successor = spawned[1] as Worker
    await new Promise((resolve) => successor.once('message', resolve))
    const next = pool.run('name')
    expect(await next).toBe(2)
    open(closed)
    expect(await late).toBe(1)
  })

  test('a thread carries on when its successor cannot start', async () => {
    const { pool, spawned } = setUp({ maxTasks: 1 }, (name) => name > 1)
    expect(await pool.run('name')).toBe(1)
    await new Promise((resolve) => (spawned[1] as Worker).once('exit', resolve))
    expect(await pool.run('name')).toBe(1)
  })

  test('rejects when no thread can start, and tries again with the next task', async () => {
    const { pool } = setUp({ concurrency: 2 }, (name) => name <= 3)
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'worker_failed',
      message: expect.stringContaining('no models here'),
    })
    const both = await Promise.allSettled([pool.run('name'), pool.run('name')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await pool.run('name')).toBe(4)
  })

  test('closing rejects queued and running tasks, and ends the threads', async () => {
    const { pool, spawned } = setUp()
    const exits = pool
      .ready()
      .then(() => spawned.map((worker) => new Promise((end) => worker.once('exit', end))))
    const left = [pool.run(gate()), pool.run('name')].map((result) => result.catch(({ code }) => code))
    const ended = await exits
    await pool.close()
    await Promise.all(ended)
    expect(await Promise.all(left)).toEqual(['worker_failed', 'worker_failed'])
    await expect(pool.run('name')).rejects.toMatchObject({ code: 'worker_failed' })
    await pool.close()
  })
})

function gate(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4))
}

function open(closed: Int32Array): void {
  Atomics.store(closed, 0, 1)
  Atomics.notify(closed, 0)
}
