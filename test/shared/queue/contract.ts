import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Task } from '../../../shared/contract/task.ts'
import type { TaskQueue } from '../../../shared/queue/port.ts'
import { collectTasks } from './collect-tasks.ts'
import { type HeldQueue, holdTask } from './hold-task.ts'

interface OpenQueue {
  queue: TaskQueue
  /** Abandons the queue without closing it and opens it again on the same data. */
  reopen: () => Promise<TaskQueue>
  /** How another process opens the same queue. */
  held: HeldQueue
  close: () => Promise<void>
}

/** An empty queue with the default number of attempts and a backoff of milliseconds. */
export type Open = () => Promise<OpenQueue>

export interface QueuePromises {
  /** `purge` deletes waiting tasks instead of leaving them to the handler. */
  purges: boolean
}

/** What every queue adapter promises; see shared/queue/port.ts. */
export function queueContract(name: string, open: Open, { purges }: QueuePromises): void {
  describe(`the queue on ${name}`, () => {
    let opened: OpenQueue
    let queue: TaskQueue

    // They mostly wait for redelivery, so they run alongside the other tests.
    const redeliveries = startBeforeAll({
      'redelivers what throws, counts the attempts and goes on with the others': () => using(redeliver),
      'gives up a task after 5 attempts, and reports it until that succeeds': () => using(giveUp),
      'redelivers what a killed process held': () => using(redeliverHeld),
    })

    async function using(work: (opened: OpenQueue) => Promise<void>): Promise<void> {
      const own = await open()
      try {
        await work(own)
      } finally {
        await own.close()
      }
    }

    beforeEach(async () => {
      opened = await open()
      queue = opened.queue
    })
    afterEach(() => opened.close())

    test('delivers every task as it was published', async () => {
      const bare: Task = {
        scan_id: randomUUID(),
        group: 0,
        file_id: 'bare',
        file_name: 'é – 1.jpg',
        mime_type: 'image/png',
      }
      const full: Task = { ...bare, group: 7, file_id: 'full', md5: 'd41d8cd9', size: 0, resource_key: '0-k' }
      await queue.publish([bare, full])
      const taken = collectTasks(queue, { concurrency: 2 })
      await taken.until(() => taken.files().size === 2)
      await taken.stop()
      const byFile = new Map(taken.deliveries.map(({ task }) => [task.file_id, task]))
      expect([byFile.get('bare'), byFile.get('full')]).toEqual([bare, full])
      expect(taken.deliveries.every(({ attempt }) => attempt === 1)).toBe(true)
    })

    test('delivers the task that lists a folder beside those of its files', async () => {
      const [file] = someTasks(1) as [Task]
      const listing = { scan_id: file.scan_id, group: 3, list: true } as const
      await queue.publish([listing, file])
      const taken = collectTasks(queue, { concurrency: 2 })
      await taken.until(() => taken.deliveries.length === 2)
      await taken.stop()
      expect(taken.deliveries.find(({ task }) => 'list' in task)?.task).toEqual(listing)
      expect(taken.files()).toEqual(new Set([undefined, file.file_id]))
    })

    test('accepts an empty list to publish', async () => {
      await expect(queue.publish([])).resolves.toBeUndefined()
    })

    test('delivers 1,200 tasks, published before and after the consumer started', async () => {
      const tasks = someTasks(1_200)
      await queue.publish(tasks.slice(0, 1_100))
      const taken = collectTasks(queue, { concurrency: 50 })
      await queue.publish(tasks.slice(1_100))
      await taken.until(() => taken.files().size === 1_200)
      await taken.stop()
      expect(taken.files()).toEqual(new Set(tasks.map((task) => task.file_id)))
      expect(taken.mostInHand()).toBeLessThanOrEqual(50)
    })

    test('has at most `concurrency` tasks in progress, and that many while there is work', async () => {
      const taken = collectTasks(queue, { concurrency: 3, held: true })
      await queue.publish(someTasks(9))
      for (let released = 0; released < 9; released += 3) {
        await taken.until(() => taken.inHand().length === 3)
        for (const delivery of taken.inHand()) delivery.resolve()
        await taken.until(() => taken.files().size >= Math.min(9, released + 6))
      }
      await taken.stop()
      expect(taken.mostInHand()).toBe(3)
    })

    test('spreads the work over several consumers', async () => {
      const consumers = [collectTasks(queue, { concurrency: 5 }), collectTasks(queue, { concurrency: 5 })]
      await queue.publish(someTasks(100))
      const all = () => new Set(consumers.flatMap((taken) => [...taken.files()]))
      const done = consumers.map((taken) => taken.until(() => all().size === 100))
      await Promise.race(done)
      await Promise.all(consumers.map((taken) => taken.stop()))
      expect(all().size).toBe(100)
    })

    test('does not redeliver what was acknowledged', async () => {
      const [first, second] = someTasks(2) as [Task, Task]
      await queue.publish([first])
      const one = collectTasks(queue, { concurrency: 1 })
      await one.until(() => one.deliveries.length === 1)
      await one.stop()
      const other = collectTasks(queue, { concurrency: 1 })
      await queue.publish([second])
      await other.until(() => other.deliveries.length === 1)
      await other.stop()
      expect(other.deliveries.map(({ task }) => task)).toEqual([second])
    })

    test('stop waits for the tasks in progress and takes no more; the next consumer gets the rest', async () => {
      const tasks = someTasks(6)
      await queue.publish(tasks)
      const first = collectTasks(queue, { concurrency: 2, held: true })
      await first.until(() => first.inHand().length === 2)
      let stopped = false
      const stopping = first.stop().then(() => {
        stopped = true
      })
      const [kept, thrown] = first.inHand()
      kept?.resolve()
      await kept?.settled
      expect(stopped).toBe(false)
      thrown?.reject(new Error('shutting down'))
      await stopping
      expect(first.deliveries).toHaveLength(2)

      const second = collectTasks(queue, { concurrency: 2 })
      await second.until(() => second.files().size === 5)
      await second.stop()
      const left = tasks.map((task) => task.file_id).filter((file) => file !== kept?.task.file_id)
      expect(second.files()).toEqual(new Set(left))
    })

    test('has stored the tasks when publish resolves', async () => {
      const tasks = someTasks(250)
      await queue.publish(tasks)
      const taken = collectTasks(await opened.reopen(), { concurrency: 10 })
      await taken.until(() => taken.files().size === 250)
      await taken.stop()
    })

    for (const [title, outcome] of redeliveries) test(title, outcome)

    test('purge does not affect the tasks of other scans', async () => {
      const [purged, kept] = [someTasks(50), someTasks(50)]
      await queue.publish([...purged, ...kept])
      await queue.purge(purged[0]?.scan_id ?? '')
      await queue.purge(randomUUID())
      const taken = collectTasks(queue, { concurrency: 10 })
      const of = (scanId = '') => taken.deliveries.filter(({ task }) => task.scan_id === scanId)
      await taken.until(() => new Set(of(kept[0]?.scan_id).map(({ task }) => task.file_id)).size === 50)
      await taken.stop()
      if (purges) expect(of(purged[0]?.scan_id)).toEqual([])
      // One that is acknowledged late may come again.
      expect(new Set(of(kept[0]?.scan_id).map(({ task }) => task.file_id)).size).toBe(50)
    })
  })
}

/** Starts all the work before the first test; returns test titles and functions that report how each went. */
function startBeforeAll(
  work: Record<string, () => Promise<void>>,
): [string, () => Promise<void> | undefined][] {
  const running = new Map<string, Promise<void>>()
  beforeAll(() => {
    for (const [title, start] of Object.entries(work)) {
      const outcome = start()
      outcome.catch(() => {})
      running.set(title, outcome)
    }
  })
  afterAll(() => Promise.allSettled(running.values()))
  return Object.keys(work).map((title) => [
    title,
    () => running.get(title) ?? Promise.reject(new Error(`${title} was not started`)),
  ])
}

async function redeliver({ queue }: OpenQueue): Promise<void> {
  const [failing, ...others] = someTasks(5)
  await queue.publish([failing as Task, ...others])
  const taken = collectTasks(queue, {
    concurrency: 1,
    task: async (task, attempt) => {
      if (task.file_id === failing?.file_id && attempt < 3) throw new Error('the store is away')
    },
  })
  const attempts = () =>
    taken.deliveries.filter(({ task }) => task.file_id === failing?.file_id).map(({ attempt }) => attempt)
  await taken.until(() => attempts().length === 3 && taken.files().size === 5)
  await taken.stop()
  expect(attempts()).toEqual([1, 2, 3])
  expect(taken.dead).toEqual([])
}

async function giveUp({ queue }: OpenQueue): Promise<void> {
  const [poison, good] = someTasks(2) as [Task, Task]
  await queue.publish([poison])
  let refused = false
  const taken = collectTasks(queue, {
    concurrency: 2,
    task: async (task) => {
      if (task.file_id === poison.file_id) throw new Error('always')
    },
    dead: async () => {
      if (refused) return
      refused = true
      throw new Error('not now')
    },
  })
  await taken.until(() => taken.dead.length === 2)
  await queue.publish([good])
  await taken.until(() => taken.files().has(good.file_id))
  await taken.stop()
  expect(taken.dead).toEqual([poison, poison])
  const attempts = taken.deliveries.filter(({ task }) => task.file_id === poison.file_id)
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
}

/** Pub/Sub redelivers it after the ack deadline, which is at least 10 s. */
async function redeliverHeld({ queue, held }: OpenQueue): Promise<void> {
  const [task] = someTasks(1) as [Task]
  await queue.publish([task])
  await holdTask(held, task)
  const taken = collectTasks(queue, { concurrency: 1 })
  await taken.until(() => taken.deliveries.length === 1)
  await taken.stop()
  expect(taken.deliveries).toMatchObject([{ task, attempt: 2 }])
}

function someTasks(count: number): Task[] {
  const scan_id = randomUUID()
  return Array.from({ length: count }, (_, index) => ({
    scan_id,
    group: Math.floor(index / 100),
    file_id: `${scan_id}-${index}`,
    file_name: `Photo ${index}.jpg`,
    mime_type: 'image/jpeg',
  }))
}
