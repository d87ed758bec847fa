import { http } from '@google-cloud/functions-framework'
import type { QueuedTask } from '../../contract/task.ts'
import type { Delivery } from '../../queue/port.ts'
import { taskFromPush } from '../../queue/pubsub/queue.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { entryPoint } from './entry-point.ts'
import { startFunction } from './start-function.ts'

/**
 * Registers a handler of the tasks that Pub/Sub pushes: any error status redelivers the message. As an HTTP function, since
 * the framework leaves the number of the attempt out of the events that it makes of pushes. A message that is not a task
 * is logged and dropped.
 */
export function serveTasks(
  name: string,
  open: (config: Config, log: Log) => Promise<(task: QueuedTask, delivery: Delivery) => Promise<void>>,
): void {
  const { config, log } = startFunction()
  const opened = open(config, log)
  http(entryPoint(name), async (request, response) => {
    const pushed = taskFromPush(request.body)
    try {
      if (pushed) await (await opened)(pushed.task, pushed)
      else log.error({ path: request.path }, 'dropped a message that is not a task')
      response.status(204).end()
    } catch (error) {
      const { scan_id, file_id } = pushed?.task ?? {}
      log.error({ err: error, scan_id, file_id }, 'task failed and will be redelivered')
      response.status(500).end()
    }
  })
}
