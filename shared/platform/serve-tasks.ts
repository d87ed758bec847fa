import type { Task } from '../contract/task.ts'
import { taskFromMessage } from '../queue/pubsub/queue.ts'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import { serveEvents } from './serve-events.ts'

/** Registers a handler of the tasks that Pub/Sub pushes. A message that is not a task is logged and dropped. */
export function serveTasks(
  name: string,
  open: (config: Config, log: Log) => Promise<(task: Task) => Promise<void>>,
): void {
  serveEvents(name, async (config, log) => {
    const handle = await open(config, log)
    return async (event) => {
      const task = taskFromMessage(event.data)
      if (task) await handle(task)
      else log.error({ event_id: event.id }, 'dropped a message that is not a task')
    }
  })
}
