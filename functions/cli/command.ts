import { CommanderError, InvalidArgumentError } from 'commander'
import { ApiError } from '../../shared/client/error.ts'
import { AppError } from '../../shared/contract/app-error.ts'
import { STATUS_BY_CODE } from '../../shared/http/error-response.ts'
import { ConfigError } from '../../shared/platform/config.ts'
import { DataDirError, dataFaultText } from '../../shared/platform/data-dir-error.ts'
import { onStopSignal } from '../../shared/platform/signals.ts'

/** What the commands share: how they are interrupted, and how they report errors. */

/** Aborts on Ctrl-C, or when the reader of the output closes the pipe. A second Ctrl-C ends the process at once. */
export function interruption(): AbortController {
  const stop = new AbortController()
  onStopSignal(() => stop.abort(), 1)
  process.stdout.on('error', () => stop.abort())
  return stop
}

/** Prints the error on standard error. Returns the exit code: 2 for bad arguments or configuration, otherwise 1. */
export function explain(error: unknown): number {
  // Commander has already printed it; --help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const expected = isReported(error) || error instanceof ConfigError || error instanceof DataDirError
  // Unexpected errors are printed with their stack.
  console.error(expected ? error.message : (dataFaultText(error, 'path') ?? error))
  return error instanceof ConfigError || (isReported(error) && isBadArgument(error)) ? 2 : 1
}

function isReported(error: unknown): error is AppError | ApiError {
  return error instanceof AppError || error instanceof ApiError
}

const BAD_ARGUMENTS = new Set(['image_too_large', 'image_too_complex', 'body_too_large'])

function isBadArgument(error: AppError | ApiError): boolean {
  const { code } = error
  const status = error instanceof ApiError ? error.status : STATUS_BY_CODE[error.code]
  return (status === 400 && code !== 'oauth_failed') || BAD_ARGUMENTS.has(code)
}

/** `1 file`, `2 files`. */
export function several(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Parses an option's value as a whole number from 1. */
export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}
