import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds, from any fixed moment on. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

export interface PacerOptions {
  /** First pause after a refusal in milliseconds; doubled with every further one. */
  firstMs: number
  longestMs: number
  clock: Clock
}

/** A permission to make one call; says to the pacer which refusal the call came after. */
export type Turn = number

/**
 * Spaces out calls to a service that limits their rate. Shared by all calls to the service, so that one refusal
 * slows every call and not only the refused one. Calls run unspaced until the first refusal.
 */
export interface Pacer {
  /** Waits until a call may start; undefined when that is later than `deadline`. Rejects when aborted. */
  turn(deadline: number, signal?: AbortSignal): Promise<Turn | undefined>
  passed(turn: Turn): void
  /** The call was refused for its rate: pause, then go on at half the speed. */
  refused(turn: Turn, retryAfterMs?: number): void
  /** No call starts before this time is over. */
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
        // Another call may take the turn, or be refused, meanwhile; hence the loop.
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
      // Calls that were under way when another one was refused say nothing new.
      if (turn !== refusals) return
      refusals++
      gap = Math.min(Math.max(gap * 2, firstMs), longestMs)
      // Jitter, because other processes were refused at the same moment.
      hold(gap * (1 + Math.random()))
    },
  }
}
