import pRetry from 'p-retry'

/** gRPC status codes, https://grpc.io/docs/guides/status-codes/ */
const CANCELLED = 1
const UNKNOWN = 2
const DEADLINE_EXCEEDED = 4
export const NOT_FOUND = 5
export const ALREADY_EXISTS = 6
const RESOURCE_EXHAUSTED = 8
const FAILED_PRECONDITION = 9
const ABORTED = 10
const INTERNAL = 13
const UNAVAILABLE = 14

const statusOf = (error: unknown) => Number((error as { code?: unknown }).code)

/** True when the write succeeded, false when it failed with this status. */
export async function ignoreStatus(code: number, write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (statusOf(error) === code) return false
    throw error
  }
}

/** After these the write may or may not have happened. The library itself retries the other transient failures. */
const AMBIGUOUS = [CANCELLED, UNKNOWN, ABORTED, INTERNAL]
const TRANSIENT = [...AMBIGUOUS, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE]

/** True after a failure that may not happen again. */
export const isTransient = (error: unknown) => TRANSIENT.includes(statusOf(error))

/** The condition of a write did not hold. */
const CONFLICT = [NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION]

/** Retries a write that has no further effect when it already happened. */
export const retryIdempotent = <T>(write: () => Promise<T>) => retryOn(AMBIGUOUS, write)

/** Retries what the library does not: deletes in bulk, and reads of what is to be deleted. */
export const retryTransient = <T>(work: () => Promise<T>) => retryOn(TRANSIENT, work)

/** Retries work that first reads the current state and writes on the condition that it is unchanged. */
export const retryReadModifyWrite = <T>(work: () => Promise<T>) => retryOn([...AMBIGUOUS, ...CONFLICT], work)

function retryOn<T>(codes: number[], work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: 5,
    minTimeout: 20,
    maxTimeout: 1_000,
    randomize: true,
    shouldRetry: ({ error }) => codes.includes(statusOf(error)),
  })
}
