import type { ScanEvent } from '../../../../../shared/contract/events.ts'

/** Photos added in one frame: replaying hundreds must not block the page. */
const MAX_PHOTOS = 6
/** Milliseconds between two batches in a hidden tab, where the browser runs no animation frames. */
const HIDDEN_INTERVAL = 250

export interface Frames {
  add(event: ScanEvent): void
  /** Runs `then` after the events queued so far. */
  flush(then: () => void): void
}

/** Queues events and passes them on once per frame, in order, with a limited number of matches each time. */
export function eventsPerFrame(onEvents: (events: ScanEvent[]) => void, signal: AbortSignal): Frames {
  let queue: (ScanEvent | (() => void))[] = []
  let scheduled = false

  function schedule() {
    if (scheduled || signal.aborted) return
    scheduled = true
    if (document.hidden) setTimeout(frame, HIDDEN_INTERVAL)
    else requestAnimationFrame(frame)
  }

  function frame() {
    scheduled = false
    if (signal.aborted) return
    const events: ScanEvent[] = []
    let photos = 0
    let taken = 0
    for (const item of queue) {
      if (typeof item === 'function') {
        if (events.length > 0) break
        item()
      } else {
        if (item.type === 'match' && ++photos > MAX_PHOTOS) break
        events.push(item)
      }
      taken++
    }
    queue = queue.slice(taken)
    if (events.length > 0) onEvents(events)
    if (queue.length > 0) schedule()
  }

  const enqueue = (item: ScanEvent | (() => void)) => {
    queue.push(item)
    schedule()
  }
  return { add: enqueue, flush: enqueue }
}
