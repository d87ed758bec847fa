import { serveEvents } from '../../shared/platform/serve-events.ts'
import { openScanning } from '../../shared/platform/wiring.ts'
import { taskFromMessage } from '../../shared/queue/pubsub/queue.ts'
import { matchFile } from '../../shared/scan/match-file.ts'

serveEvents('face-match', async (config, log) => {
  const deps = await openScanning(config, log)
  await deps.face.ready()
  return async (event) => {
    const task = taskFromMessage(event.data)
    if (task) await matchFile(task, deps)
    else log.error({ event_id: event.id }, 'dropped a message that is not a task')
  }
})
