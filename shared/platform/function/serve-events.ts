import { type CloudEvent, cloudEvent } from '@google-cloud/functions-framework'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { entryPoint } from './entry-point.ts'
import { startFunction } from './start-function.ts'

/** Registers an event handler, under the entry point of the deployable `name`. If it throws, the platform redelivers the event. */
export function serveEvents<T>(
  name: string,
  open: (config: Config, log: Log) => Promise<(event: CloudEvent<T>) => Promise<void>>,
): void {
  const { config, log } = startFunction()
  const opened = open(config, log)
  cloudEvent(entryPoint(name), async (event: CloudEvent<T>) => {
    try {
      await (await opened)(event)
    } catch (error) {
      log.error({ err: error, event_id: event.id }, 'event failed and will be redelivered')
      throw error
    }
  })
}
