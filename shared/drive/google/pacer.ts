import { setTimeout as sleep } from 'node:timers/promises'

/** In milliseconds since an arbitrary fixed moment. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

export interface PacerOptions {
  /** First pause after a refusal, in milliseconds; doubled after each further one. */
  firstMs: number
  longestMs: number
  clock: Clock
}

/** Permission to make one call: the number of refusals before it. */
type Turn = number

/**
 * Spaces out calls to a service that limits their rate. All calls to the service share it, so that one refusal slows
 * every call and not only the refused one. Until the first refusal, calls are not delayed.
 */
export interface Pacer {
  /** Waits until a call may start; undefined if that is later than `deadline`. Rejects when aborted. */
  turn(deadline: number, signal?: AbortSignal): Promise<Turn | undefined>
  passed(turn: Turn): void
  /** The call exceeded the rate limit: pause, then continue at half the speed. */
  refused(turn: Turn, retryAfterMs?: number): void
  /** Lets no call start for this many milliseconds. */
  hold(ms: number): void
}

export function createPacer({ firstMs, longestMs, clock }: PacerOptions): Pacer {
  let gap = 0
  let notBefore = clock.now()
  let refusals = 0

  function hold(ms: number): void {
    notBefore = Math.max(notBefore, clock.now() + ms)
  }

  return {
    hold,

    async turn(deadline, signal) {
      for (;;) {
        signal?.throwIfAborted()
        const wait = notBefore - clock.now()
        if (wait <= 0) break
        if (notBefore > deadline) return undefined
        // Loops because another call may take the turn, or be refused, in the meantime.
        await clock.sleep(wait, signal)
      }
      notBefore = clock.now() + gap
      return refusals
    },

    passed(turn) {
      if (turn !== refusals) return
      gap /= 2
      if (gap < firstMs / 8) gap = 0
    },

    refused(turn, retryAfterMs = 0) {
      hold(retryAfterMs)
      // A call that was already under way when another was refused says nothing new.
      if (turn !== refusals) return
      refusals++
      gap = Math.min(Math.max(gap * 2, firstMs), longestMs)
      // Jitter, because other processes were probably refused at the same moment.
      hold(gap * (1 + Math.random()))
    },
  }
}
