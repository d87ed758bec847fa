import type { Log } from './log.ts'

/** What was started here and has to be ended some time. */
export interface Closing {
  /** What is added after `close` is ended at once. */
  add(end: () => unknown): void
  /**
   * Ends all of it, the last first: what was started later uses what was there before. What fails to end is logged, and
   * the others are ended all the same.
   */
  close(): Promise<void>
}

export function closingList(log: Log): Closing {
  const ends: (() => unknown)[] = []
  let closed: Promise<void> | undefined

  async function endAll(): Promise<void> {
    for (let end = ends.pop(); end; end = ends.pop()) {
      try {
        await end()
      } catch (error) {
        log.warn({ err: error }, 'something did not end as it should')
      }
    }
  }

  return {
    add(end) {
      ends.push(end)
      if (closed) closed = closed.then(endAll)
    },
    close() {
      closed ??= endAll()
      return closed
    },
  }
}
