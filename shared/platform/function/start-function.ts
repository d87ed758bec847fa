import { type Config, parseConfig } from '../config.ts'
import { createLog, type Log } from '../log.ts'
import { followTraces } from '../trace.ts'

/** The configuration and log that every function starts with; lines carry their request's trace. Throws ConfigError. */
export function startFunction(): { config: Config; log: Log } {
  const config = parseConfig(process.env)
  if (config.GOOGLE_CLOUD_PROJECT !== undefined) followTraces(config.GOOGLE_CLOUD_PROJECT)
  return { config, log: createLog(config.LOG_LEVEL) }
}
