import type { QueuedTask } from '../../../shared/contract/task.ts'
import type { TaskQueue } from '../../../shared/queue/port.ts'

interface HeldDelivery {
  task: QueuedTask
  attempt: number
  /** Acknowledges, where deliveries are held. */
  resolve: () => void
  reject: (error: Error) => void
  /** Resolves once the handler has returned or thrown. */
  settled: Promise<void>
}

interface Collecting {
  concurrency: number
  /** Deliveries stay in progress until the test resolves or rejects them. */
  held?: boolean
  task?: (task: QueuedTask, attempt: number) => Promise<void>
  dead?: (task: QueuedTask) => Promise<void>
}

/** A consumer that records its deliveries and lets a test wait for them. */
export function collectTasks(
  queue: TaskQueue,
  { concurrency, held = false, task: work, dead: bury }: Collecting,
) {
  const deliveries: HeldDelivery[] = []
  const open = new Set<HeldDelivery>()
  const dead: QueuedTask[] = []
  let most = 0
  let changed = Promise.withResolvers<void>()
  const tell = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  const consumer = queue.consume(
    {
      async task(task, { attempt }) {
        const hold = Promise.withResolvers<void>()
        const end = Promise.withResolvers<void>()
        const delivery = { task, attempt, resolve: hold.resolve, reject: hold.reject, settled: end.promise }
        if (!held) hold.resolve()
        deliveries.push(delivery)
        open.add(delivery)
        most = Math.max(most, open.size)
        tell()
        try {
          await hold.promise
          await work?.(task, attempt)
        } finally {
          open.delete(delivery)
          end.resolve()
          tell()
        }
      },
      async dead(task) {
        dead.push(task)
        tell()
        await bury?.(task)
      },
    },
    { concurrency },
  )

  return {
    /** In the order of their delivery. */
    deliveries,
    dead,
    inHand: () => [...open],
    mostInHand: () => most,
    files: () => new Set(deliveries.map(({ task }) => task.file_id)),
    stop: () => consumer.stop(),
    /** Resolves once `holds` is true. */
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await changed.promise
    },
  }
}
