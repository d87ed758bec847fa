export interface Finding {
  name: string
  /** undefined: not checked. */
  good: boolean | undefined
  /** What was found, or how to fix it. */
  says: string
}

export interface Check {
  name: string
  /** Name of the check that this one depends on. */
  after?: string
  /** Resolves with what was found; rejects with an AppError that says how to fix it. */
  look(): Promise<string>
}

/** Milliseconds per call. */
export const TIMEOUT = 10_000
