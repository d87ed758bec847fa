import { AppError } from '../../shared/contract/app-error.ts'

/** Concurrent requests with selfies per process. Each may hold 50 MB. */
export const MAX_SELFIE_REQUESTS = 32

/** Does the work of a request with selfies, or rejects with `busy`. */
export type SelfieRequests = <T>(work: () => Promise<T>) => Promise<T>

/** Counts requests from when their body is there, so that no client can take up a place by being slow. */
export function selfieRequests(): SelfieRequests {
  let inProgress = 0
  return async (work) => {
    if (inProgress >= MAX_SELFIE_REQUESTS)
      throw new AppError('busy', 'The server is busy. Please try again in a few seconds.')
    inProgress++
    try {
      return await work()
    } finally {
      inProgress--
    }
  }
}
