import type { ScanEvent } from '../../../../../shared/contract/events.ts'

/** Photos that are drawn in one frame: a replay of hundreds must not hold the page up. */
const PHOTOS = 24
/** Milliseconds between two frames of a tab that nobody sees, where the browser grants no frames. */
const HIDDEN = 250

export interface Frames {
  add(event: ScanEvent): void
  /** Runs `then` behind the events that are waiting. */
  flush(then: () => void): void
}

/** Collects events and gives them on once per frame, in order, with a bounded number of matches each time. */
export function eventsPerFrame(give: (events: ScanEvent[]) => void, signal: AbortSignal): Frames {
  let waiting: (ScanEvent | (() => void))[] = []
  let scheduled = false

  function schedule() {
    if (scheduled || signal.aborted) return
    scheduled = true
    if (document.hidden) setTimeout(frame, HIDDEN)
    else requestAnimationFrame(frame)
  }

  function frame() {
    scheduled = false
    if (signal.aborted) return
    const events: ScanEvent[] = []
    let photos = 0
    let taken = 0
    for (const item of waiting) {
      if (typeof item === 'function') {
        if (events.length > 0) break
        item()
      } else {
        if (item.type === 'match' && ++photos > PHOTOS) break
        events.push(item)
      }
      taken++
    }
    waiting = waiting.slice(taken)
    if (events.length > 0) give(events)
    if (waiting.length > 0) schedule()
  }

  const put = (item: ScanEvent | (() => void)) => {
    waiting.push(item)
    schedule()
  }
  return { add: put, flush: put }
}
