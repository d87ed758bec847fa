import type { Task } from '../contract/task.ts'

export interface Delivery {
  /** 1 for the first try. */
  attempt: number
}

export interface QueueHandlers {
  /** Resolving acknowledges; throwing redelivers after a backoff. */
  task(task: Task, delivery: Delivery): Promise<void>
  /** Called instead, at least once, after the attempts are used up. */
  dead(task: Task): Promise<void>
}

export interface Consumer {
  /** Takes nothing new, resolves when the tasks in hand are settled. What was not acknowledged is redelivered. */
  stop(): Promise<void>
}

/**
 * Tasks between POST /scan and the workers. At least once, in no promised order, one task per file.
 * `publish` resolves when every task is stored and survives a crash.
 */
export interface TaskQueue extends TaskPublisher {
  /** Calls the handlers with at most `concurrency` tasks in hand. */
  consume(handlers: QueueHandlers, options: { concurrency: number }): Consumer
}

/** The side that scans need. */
export interface TaskPublisher {
  publish(tasks: readonly Task[]): Promise<void>
  /** Drops a scan's waiting tasks where the queue can; the others are acknowledged by the handler without work. */
  purge(scanId: string): Promise<void>
}
