import type { ScanEvent } from '../../../shared/contract/events.ts'
import type { ScanStore } from '../../../shared/store/port.ts'

interface Collecting {
  after?: string | undefined
  /** What the listener does with each batch before it has taken it. */
  take?: (events: ScanEvent[]) => Promise<void>
}

/** A watch that keeps what it is given and can be waited for. */
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
    /** Resolves once `holds` is true of what has come so far. */
    async until(holds: (events: ScanEvent[]) => boolean): Promise<void> {
      while (!holds(events)) await arrived.promise
    },
  }
}
