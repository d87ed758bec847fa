import type { QueuedTask } from '../contract/task.ts'

export interface Delivery {
  /** 1 for the first attempt. */
  attempt: number
}

export interface QueueHandlers {
  /** Resolving acknowledges the task; rejecting redelivers it after a backoff. */
  task(task: QueuedTask, delivery: Delivery): Promise<void>
  /** Called instead, at least once, when all attempts have failed. */
  dead(task: QueuedTask): Promise<void>
}

export interface Consumer {
  /** Takes no more tasks and resolves when those in progress are settled. Unacknowledged tasks are redelivered. */
  stop(): Promise<void>
}

/**
 * Tasks between POST /scan and the workers: one per file, and one for a folder that takes long to list. Delivered at least
 * once, in no particular order.
 */
export interface TaskQueue extends TaskPublisher {
  /** Calls the handlers, with at most `concurrency` tasks in progress. */
  consume(handlers: QueueHandlers, options: { concurrency: number }): Consumer
}

/** The part of the queue that scans need. */
export interface TaskPublisher {
  /** Resolves when every task is stored and would survive a crash. */
  publish(tasks: readonly QueuedTask[]): Promise<void>
  /** Deletes a scan's waiting tasks if the queue is able to; otherwise the handler acknowledges them without work. */
  purge(scanId: string): Promise<void>
}
