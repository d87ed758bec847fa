import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createPool, type PoolOptions, type WorkerPool } from '../../../../shared/face/pool/pool.ts'
import { gate } from './gate.ts'
import type { Command } from './pool-test-worker.ts'

const WORKER = fileURLToPath(new URL('./pool-test-worker.ts', import.meta.url))
const OWNER = fileURLToPath(new URL('./pool-owner.ts', import.meta.url))

describe('the worker pool', () => {
  const pools: WorkerPool<Command, number>[] = []
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.close()
  })

  function setUp(options: Partial<PoolOptions> = {}, failStart: (name: number) => boolean = () => false) {
    const spawned: ChildProcess[] = []
    let started = 0
    const settings: PoolOptions = {
      spawn() {
        const name = spawned.length + 1
        const worker = fork(WORKER, [String(name), String(failStart(name))], {
          serialization: 'advanced',
          execArgv: ['--max-old-space-size=32'],
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        })
        worker.on('message', (message: { type: string }) => {
          if (message.type === 'ready') started++
        })
        spawned.push(worker)
        return worker
      },
      concurrency: 1,
      maxTasks: 1000,
      taskTimeout: 20_000,
      startTimeout: 20_000,
      maxMemory: Infinity,
      maxCpu: Infinity,
      ...options,
    }
    const pool = createPool<Command, number>(settings)
    pools.push(pool)
    return { pool, settings, spawned, started: () => started }
  }

  test('starts as many processes as there is work for, up to its concurrency', async () => {
    const { pool, spawned } = setUp({ concurrency: 3 })
    await pool.ready()
    expect(spawned).toHaveLength(1)
    const closed = await gate()
    const results = Array.from({ length: 5 }, () => pool.run(closed.port))
    expect(spawned).toHaveLength(3)
    closed.open()
    expect(new Set(await Promise.all(results)).size).toBeLessThanOrEqual(3)
    expect(spawned).toHaveLength(3)
  })

  test('gives each process one task at a time, in order', async () => {
    const { pool } = setUp()
    const first = await gate()
    const order: string[] = []
    const done = [
      pool.run(first.port).then(() => order.push('first')),
      pool.run('name').then(() => order.push('second')),
    ]
    await pool.ready()
    first.open()
    await Promise.all(done)
    expect(order).toEqual(['first', 'second'])
  })

  test.each<[Command, string]>([
    ['exit', 'exited with code 3'],
    ['throw later', 'failed: Error: uncaught'],
    ['fill the heap', 'SIGABRT'],
  ])('a task that kills its process (%s) fails, and no other task does', async (poison, reason) => {
    const { pool, spawned } = setUp()
    const results = await Promise.allSettled([pool.run('name'), pool.run(poison), pool.run('name')])
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { code: 'worker_failed', message: expect.stringContaining(reason) } },
      { status: 'fulfilled', value: 2 },
    ])
    expect(spawned).toHaveLength(2)
  })

  test('a task that hangs is rejected and its process killed', async () => {
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

  test.each<[Command, Partial<PoolOptions>, string]>([
    ['hang', { maxCpu: 300 }, 'more time'],
    ['fill the memory', { maxMemory: 300_000_000 }, 'more memory'],
  ])(
    'a task that uses too much (%s) is rejected by name, and its process killed',
    async (poison, limits, reason) => {
      const { pool } = setUp(limits)
      expect(await Promise.allSettled([pool.run(poison), pool.run('name')])).toMatchObject([
        {
          status: 'rejected',
          reason: { code: 'image_too_complex', message: expect.stringContaining(reason) },
        },
        { status: 'fulfilled', value: 2 },
      ])
    },
  )

  test('a process survives the signals of a terminal, which go to all processes', async () => {
    const { pool, spawned } = setUp()
    const closed = await gate()
    const result = pool.run(closed.port)
    await closed.entered
    for (const signal of ['SIGINT', 'SIGTERM'] as const) spawned[0]?.kill(signal)
    closed.open()
    expect(await result).toBe(1)
    expect(spawned).toHaveLength(1)
  })

  test('a process ends with the one that has the pool, whatever that died of', async () => {
    const closed = await gate()
    const owner = fork(OWNER, [String(closed.port)])
    await closed.entered
    owner.kill('SIGKILL')
    await closed.left
  })

  test('errors keep their code and cause, and the process carries on', async () => {
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

  test('a process works until its successor has started', async () => {
    const { pool, spawned, started } = setUp({ maxTasks: 3 })
    const names: number[] = []
    while (new Set(names).size < 4) {
      const before = started()
      const name = await pool.run('name')
      // The process had started before it got the task: only the very first task waits for a start.
      if (before > 0) expect(name).toBeLessThanOrEqual(before)
      names.push(name)
    }
    expect(names).toEqual(names.toSorted((a, b) => a - b))
    expect([...new Set(names)]).toEqual([1, 2, 3, 4])
    expect(names.filter((name) => name === 2).length).toBeGreaterThanOrEqual(3)
    expect(spawned.length).toBeLessThanOrEqual(5)
  })

  test('a replaced process finishes its task', async () => {
    const { pool, spawned } = setUp({ maxTasks: 1 })
    const closed = await gate()
    // Nothing is waited for from here to the message of the second process, which may come at any time.
    expect(await pool.run('name')).toBe(1)
    const late = pool.run(closed.port)
    await once(spawned[1] as ChildProcess, 'message')
    const next = pool.run('name')
    expect(await next).toBe(2)
    closed.open()
    expect(await late).toBe(1)
  })

  test('a process carries on when its successor cannot start', async () => {
    const { pool, spawned } = setUp({ maxTasks: 1 }, (name) => name > 1)
    expect(await pool.run('name')).toBe(1)
    await once(spawned[1] as ChildProcess, 'exit')
    expect(await pool.run('name')).toBe(1)
  })

  test('rejects when no process can start, and tries again with the next task', async () => {
    const { pool } = setUp({ concurrency: 2 }, (name) => name <= 3)
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'worker_failed',
      cause: { message: expect.stringContaining('no models here') },
    })
    const both = await Promise.allSettled([pool.run('name'), pool.run('name')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await pool.run('name')).toBe(4)
  })

  test('closing rejects queued and running tasks as busy, and ends the processes, whatever they do', async () => {
    const { pool, spawned } = setUp()
    await pool.ready()
    const exit = once(spawned[0] as ChildProcess, 'exit')
    const left = [pool.run('hang'), pool.run('name')].map((result) => result.catch(({ code }) => code))
    await pool.close()
    expect(await exit).toEqual([null, 'SIGKILL'])
    expect(await Promise.all(left)).toEqual(['busy', 'busy'])
    await expect(pool.run('name')).rejects.toMatchObject({ code: 'busy' })
    await pool.close()
  })
})
