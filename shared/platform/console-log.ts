import type { Logger } from 'pino'
import { createLog } from './log.ts'

/** The log on standard error: readable on a terminal, JSON lines otherwise. */
export async function consoleLog(level: string): Promise<Logger> {
  const { default: pino } = await import('pino')
  if (!process.stderr.isTTY) return createLog(level, pino.destination({ dest: 2, sync: true }))
  const { default: pretty } = await import('pino-pretty')
  return createLog(
    level,
    pretty({
      destination: 2,
      sync: true,
      messageKey: 'message',
      levelKey: 'severity',
      translateTime: 'SYS:HH:MM:ss',
    }),
  )
}
