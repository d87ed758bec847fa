import { AppError } from '../contract/app-error.ts'
import type { QueuedTask } from '../contract/task.ts'
import type { Delivery } from '../queue/port.ts'
import type { AdvanceDeps } from './end-scan.ts'
import { giveUpListing, listRest } from './list-rest.ts'
import { giveUpFile, type MatchDeps, matchFile } from './match-file.ts'

/** Does what a message of the queue asks for. Rejects where a redelivery helps. */
export function workOn(task: QueuedTask, delivery: Delivery, deps: MatchDeps): Promise<void> {
  return 'list' in task ? listRest(task, delivery, deps) : matchFile(task, delivery, deps)
}

/** Ends what could not be done after all deliveries, so that its scan completes. */
export function giveUp(task: QueuedTask, deps: AdvanceDeps): Promise<void> {
  if (!('list' in task)) return giveUpFile(task, deps)
  const reason = new AppError('drive_unavailable', 'The folder could not be listed to its end.')
  return giveUpListing(task, reason, deps)
}
