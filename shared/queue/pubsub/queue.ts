import type { Message, PubSub } from '@google-cloud/pubsub'
import pLimit from 'p-limit'
import * as z from 'zod'
import { QueuedTask } from '../../contract/task.ts'
import type { Log } from '../../platform/log.ts'
import type { Consumer, QueueHandlers, TaskQueue } from '../port.ts'
import { PUBSUB_NAMES, type PubsubNames } from './topology.ts'

/** Pub/Sub's limits for one request: 1,000 messages, and 10 MB less some room for attributes. */
const BATCH = { maxMessages: 1_000, maxBytes: 9 * 1024 * 1024, maxMilliseconds: 10 }

/**
 * Tasks as Pub/Sub messages: the task as JSON, its scan and group as attributes. In the cloud a push subscription
 * calls face-match, which reads them with `taskFromPush`; `consume` pulls the same messages. The subscription's retry
 * policy redelivers a failed task and, after the last attempt, sends it to the dead letter subscription.
 */
export function pubsubQueue(
  pubsub: PubSub,
  { names = PUBSUB_NAMES, log }: { names?: PubsubNames; log?: Log | undefined } = {},
): TaskQueue {
  const topic = pubsub.topic(names.topic, { batching: BATCH })

  async function publish(tasks: readonly QueuedTask[]): Promise<void> {
    const stored = tasks.map((task) =>
      topic.publishMessage({
        json: task,
        attributes: { scan_id: task.scan_id, group: String(task.group) },
      }),
    )
    await Promise.all(stored)
  }

  function consume(handlers: QueueHandlers, { concurrency }: { concurrency: number }): Consumer {
    const limit = pLimit(concurrency)
    let stopped = false

    function take(subscriptionName: string, handle: (task: QueuedTask, message: Message) => Promise<void>) {
      const subscription = pubsub.subscription(subscriptionName, {
        // The service sends no more than this at a time. Messages beyond it are passed on and wait for `limit`: those
        // that the library held back would be lost when it closes, and closing would wait for them.
        flowControl: { maxMessages: concurrency, allowExcessMessages: true },
        // The limit applies to each stream.
        streamingOptions: { maxStreams: 1 },
        closeOptions: { behavior: 'WAIT' },
      })
      subscription.on('message', (message: Message) => {
        void limit(() => (stopped ? message.nack() : settle(message, handle)))
      })
      subscription.on('error', (error) => log?.error({ err: error, subscriptionName }, 'pulling failed'))
      return subscription
    }

    async function settle(message: Message, handle: (task: QueuedTask, message: Message) => Promise<void>) {
      const task = parseTask(message.data)
      if (!task) {
        log?.error({ message_id: message.id }, 'dropped a message that is not a task')
        return message.ack()
      }
      try {
        await handle(task, message)
        message.ack()
      } catch (error) {
        const { scan_id, file_id } = task
        const attempt = message.deliveryAttempt
        log?.warn({ scan_id, file_id, attempt, err: error }, 'task will be redelivered')
        message.nack()
      }
    }

    const subscriptions = [
      take(names.subscription, (task, message) =>
        handlers.task(task, { attempt: Math.max(1, message.deliveryAttempt) }),
      ),
      take(names.deadLetterSubscription, (task) => handlers.dead(task)),
    ]
    return {
      async stop() {
        stopped = true
        await Promise.all(subscriptions.map((subscription) => subscription.close()))
      },
    }
  }

  return {
    publish,
    // Pub/Sub cannot delete the messages of one scan. The handler acknowledges those of a scan that has ended.
    async purge() {},
    consume,
  }
}

const Push = z.object({
  message: z.object({ data: z.base64() }),
  /** Only where the subscription has a dead letter topic. */
  deliveryAttempt: z.int().min(1).default(1),
})

/** The task in the body of a push; undefined if there is none. */
export function taskFromPush(body: unknown): { task: QueuedTask; attempt: number } | undefined {
  const { data: push } = Push.safeParse(body)
  const task = push && parseTask(Buffer.from(push.message.data, 'base64'))
  return task && { task, attempt: push.deliveryAttempt }
}

function parseTask(data: Buffer): QueuedTask | undefined {
  try {
    return QueuedTask.safeParse(JSON.parse(data.toString('utf8'))).data
  } catch {
    return undefined
  }
}
