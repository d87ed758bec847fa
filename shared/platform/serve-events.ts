import { type CloudEvent, cloudEvent } from '@google-cloud/functions-framework'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import { startFunction } from './start-function.ts'

/** Registers a handler of events. What it throws makes the platform deliver the event again. */
export function serveEvents<T>(
  name: string,
  open: (config: Config, log: Log) => Promise<(event: CloudEvent<T>) => Promise<void>>,
): void {
  const { config, log } = startFunction()
  const opened = open(config, log)
  cloudEvent(name, async (event: CloudEvent<T>) => {
    try {
      await (await opened)(event)
    } catch (error) {
      log.error({ err: error, event_id: event.id }, 'event will be delivered again')
      throw error
    }
  })
}
