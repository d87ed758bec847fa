import { AsyncLocalStorage } from 'node:async_hooks'
import { isNativeError } from 'node:util/types'
import pino, { type DestinationStream, type Logger } from 'pino'
import { errorForLog } from './log-error.ts'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>

/** Fields by which Cloud Logging shows a line below its request. See trace.ts. */
export interface TraceFields {
  /** projects/PROJECT/traces/ID */
  'logging.googleapis.com/trace': string
  /** 16 hexadecimal digits. */
  'logging.googleapis.com/spanId'?: string
  'logging.googleapis.com/trace_sampled'?: boolean
}

/** The trace of the request that is being answered. */
export const requestTrace = new AsyncLocalStorage<TraceFields | undefined>()

/** Cloud Logging's severities by pino level. */
const SEVERITY: Record<string, string> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
}

/** pino's number of the level error. */
const ERROR = 50

/** Makes Error Reporting take a line without a stack trace for an error. */
const REPORTED = 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent'

/**
 * JSON lines as Cloud Logging reads them (`severity`, `message`, `time`, the request's trace), and errors as Error
 * Reporting does: `stack_trace` where `err` is an Error, otherwise `@type`
 * (https://docs.cloud.google.com/error-reporting/docs/formatting-error-messages). Redaction is a safety net: callers
 * should never log tokens, images or descriptors.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: (fields, level) => ({
        ...requestTrace.getStore(),
        ...(level >= ERROR && reported(fields)),
      }),
      serializers: { err: (error) => (isError(error) ? errorForLog(error) : error) },
      formatters: { level: (label) => ({ severity: SEVERITY[label] }) },
      redact: {
        paths: ['*.access_token', '*.authorization', '*.target_face', '*.descriptor', '*.scan_key'],
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  )
}

function reported(fields: object): Record<string, string> {
  const { err } = fields as { err?: unknown }
  return isError(err) ? { stack_trace: errorForLog(err).stack } : { '@type': REPORTED }
}

/** Also of another realm, as those of node:fs are in tests. */
const isError = (value: unknown): value is Error => isNativeError(value)
