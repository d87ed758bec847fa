import { createLog, type Log } from '../shared/platform/log.ts'

/** A log whose lines can be looked at and waited for. */
export function logLines(): { log: Log; messages: () => string[]; until(part: string): Promise<void> } {
  const messages: string[] = []
  let written = Promise.withResolvers<void>()
  const log = createLog('debug', {
    write(line) {
      messages.push(JSON.parse(line).message)
      written.resolve()
      written = Promise.withResolvers()
    },
  })
  return {
    log,
    messages: () => messages,
    async until(part) {
      while (!messages.some((message) => message.includes(part))) await written.promise
    },
  }
}
