import { serveEvents } from '../../shared/platform/serve-events.ts'
import { openFirestore, openPubsub } from '../../shared/platform/wiring.ts'
import { taskFromMessage } from '../../shared/queue/pubsub/queue.ts'
import { giveUpFile } from '../../shared/scan/match-file.ts'

serveEvents('face-match-dead-letter', async (config, log) => {
  const [store, queue] = [await openFirestore(config, log), openPubsub(config, log)]
  return async (event) => {
    const task = taskFromMessage(event.data)
    if (task) await giveUpFile(task, { store, queue, log, now: Date.now })
    else log.error({ event_id: event.id }, 'dropped a message that is not a task')
  }
})
