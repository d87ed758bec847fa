import { type Config, parseConfig } from './config.ts'
import { createLog, type Log } from './log.ts'

/** The configuration and log that every function starts with. Throws ConfigError. */
export function startFunction(): { config: Config; log: Log } {
  const config = parseConfig(process.env)
  return { config, log: createLog(config.LOG_LEVEL) }
}
