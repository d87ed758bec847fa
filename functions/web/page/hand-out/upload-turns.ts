import { ApiError } from '../../../../shared/client/error.ts'
import { backoffTime } from '../../../../shared/client/retry.ts'

/** After these the same upload succeeds later, without anybody doing anything. */
const PASSING: ReadonlySet<string> = new Set(['busy', 'rate_limited', 'drive_unavailable'])

/** `interrupted`: there was no connection. `postponed`: the server is there, but could not take this picture yet. */
export type Delay = 'interrupted' | 'postponed'

/** Undefined for what would not be different the next time. */
export function delayAfter(error: unknown): Delay | undefined {
  if (!(error instanceof ApiError)) return undefined
  const { code, status = 0 } = error
  if (code === 'unreachable') return 'interrupted'
  // Of a proxy, or of a network's page to sign in.
  if (code === 'unreadable') return status < 300 || status >= 500 ? 'interrupted' : undefined
  return PASSING.has(code) ? 'postponed' : undefined
}

interface Wait {
  delay: Delay
  failures: number
  /** Milliseconds since 1970. */
  until: number
}

/**
 * Which of several uploads is next, one at a time. One that has to come again lets the others go first; after a second failure
 * in a row all of them wait, since it is then hardly about one picture.
 */
export interface UploadTurns {
  /** The one whose turn it is, or the milliseconds until it is somebody's. `ids` are not empty, the first one goes first. */
  next(ids: number[]): { id: number } | { wait: number }
  postpone(id: number, delay: Delay, error: ApiError): void
  /** After an upload that succeeded, or was refused for good. */
  settle(id: number): void
  /** The network is back: what it has interrupted does not wait any longer. */
  online(): void
}

export function uploadTurns(now: () => number = Date.now): UploadTurns {
  const waits = new Map<number, Wait>()
  let all: Wait | undefined
  const untilOf = (id: number) => waits.get(id)?.until ?? 0

  return {
    next(ids) {
      const first = ids.reduce((first, id) => (untilOf(id) < untilOf(first) ? id : first))
      const together = all !== undefined && all.failures > 1 ? all.until : 0
      const wait = Math.max(together, untilOf(first)) - now()
      return wait > 0 ? { wait } : { id: first }
    },
    postpone(id, delay, { retryAfter = 0 }) {
      const again = (failures: number): Wait => ({
        delay,
        failures,
        until: now() + Math.max(backoffTime(failures), retryAfter * 1000),
      })
      waits.set(id, again((waits.get(id)?.failures ?? 0) + 1))
      all = again((all?.failures ?? 0) + 1)
    },
    settle(id) {
      waits.delete(id)
      all = undefined
    },
    online() {
      for (const [id, wait] of waits) if (wait.delay === 'interrupted') waits.set(id, { ...wait, until: 0 })
      if (all?.delay === 'interrupted') all = undefined
    },
  }
}
