import pRetry from 'p-retry'

/** gRPC status codes, https://grpc.io/docs/guides/status-codes/ */
const CANCELLED = 1
const UNKNOWN = 2
export const NOT_FOUND = 5
export const ALREADY_EXISTS = 6
const FAILED_PRECONDITION = 9
const ABORTED = 10
const INTERNAL = 13

const statusOf = (error: unknown) => Number((error as { code?: unknown }).code)

/** True when the write was done, false when it was refused with this code. */
export async function unless(code: number, write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (statusOf(error) === code) return false
    throw error
  }
}

/** Faults whose outcome is open: the write was done or not. The library repeats the other passing faults itself. */
const OPEN = [CANCELLED, UNKNOWN, ABORTED, INTERNAL]
const REFUSED = [NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION]

/** Repeats a write that changes nothing when it was done before. */
export const repeated = <T>(write: () => Promise<T>) => repeatOn(OPEN, write)

/** Repeats work that begins by reading how things stand, also when somebody else wrote first. */
export const settled = <T>(work: () => Promise<T>) => repeatOn([...OPEN, ...REFUSED], work)

function repeatOn<T>(codes: number[], work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: 5,
    minTimeout: 20,
    maxTimeout: 1_000,
    randomize: true,
    shouldRetry: ({ error }) => codes.includes(statusOf(error)),
  })
}
