/** Takes tasks, prints their file ids and never settles them. Started by hold-task.ts. */

import type { TaskQueue } from '../../../shared/queue/port.ts'
import { pubsubQueue } from '../../../shared/queue/pubsub/queue.ts'
import { pubsubClient } from '../../../shared/queue/pubsub/topology.ts'
import { localQueue } from '../../../shared/queue/sqlite/queue.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import type { HeldQueue } from './hold-task.ts'

const held: HeldQueue = JSON.parse(process.argv[2] ?? '')

function open(): TaskQueue {
  if (held.kind === 'sqlite') return localQueue(openDatabase(held.dir))
  return pubsubQueue(pubsubClient(held))
}

const queue = open()
queue.consume(
  {
    task(task) {
      process.stdout.write(`${task.file_id}\n`)
      return new Promise(() => {})
    },
    dead: async () => {},
  },
  { concurrency: 1 },
)
setInterval(() => {}, 60_000)
