import type { ScanEvent } from '../../../shared/contract/events.ts'
import type { ScanStore } from '../../../shared/store/port.ts'

interface Collecting {
  after?: string | undefined
  /** What the listener does with each batch. A replay waits for it. */
  take?: (events: ScanEvent[]) => Promise<void>
}

/** A watch that records what it delivers and lets a test wait for it. */
export function collect(scans: ScanStore, scanId: string | undefined, { after, take }: Collecting = {}) {
  const events: ScanEvent[] = []
  const batches: number[] = []
  const gone = Promise.withResolvers<void>()
  let timesGone = 0
  let arrived = Promise.withResolvers<void>()
  const watch = scans.watch(
    scanId,
    {
      events(added) {
        events.push(...added)
        batches.push(added.length)
        arrived.resolve()
        arrived = Promise.withResolvers()
        return take?.(added)
      },
      gone() {
        timesGone += 1
        gone.resolve()
      },
    },
    { after },
  )
  return {
    events,
    /** How many events came in each call. */
    batches,
    gone: gone.promise,
    timesGone: () => timesGone,
    ready: watch.ready,
    stop: watch.stop,
    /** Resolves once `holds` is true for the events so far. */
    async until(holds: (events: ScanEvent[]) => boolean): Promise<void> {
      while (!holds(events)) await arrived.promise
    },
  }
}
