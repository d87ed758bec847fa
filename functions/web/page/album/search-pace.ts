/** Milliseconds, and how many searches of the last `span` keep the short pause. */
const PACE = { quick: 8, span: 600_000, pause: 3_000, longPause: 60_000 }

export interface SearchPace {
  /** The guest has searched: everything that follows counts from here. */
  begin(): void
  /** Waits for the next search's turn. Rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>
}

/**
 * How often an album is searched again, however often it changes: soon, and every minute once it has been often, so that
 * the pages of all guests together stay below the server's limit.
 */
export function searchPace(): SearchPace {
  let searches: number[] = []

  function wait(): number {
    searches = searches.filter((time) => time > Date.now() - PACE.span)
    const pause = searches.length < PACE.quick ? PACE.pause : PACE.longPause
    return Math.max(0, (searches.at(-1) ?? 0) + pause - Date.now())
  }

  return {
    begin() {
      searches = [Date.now()]
    },
    async turn(signal) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, wait())
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          reject(signal.reason)
        })
      })
      searches.push(Date.now())
    },
  }
}
