import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { END, type ScanEvent, STARTED } from '../../../shared/contract/events.ts'
import type { ScanStore } from '../../../shared/store/port.ts'
import type { Open, OpenStore, StorePromises } from './open-store.ts'
import { begin, completed, HOUR, ids, match, progress } from './samples.ts'

/** Watches deliver what is stored after `ready`, in order within each scan. */
export function watchContract(name: string, open: Open, { exactlyOnce }: StorePromises): void {
  describe(`a watch on ${name}`, () => {
    const now = Date.now()
    let opened: OpenStore
    let scans: ScanStore

    beforeEach(async () => {
      opened = await open(() => now)
      scans = opened.store.scans
    })
    afterEach(() => opened.close())

    /** The event ids that the watch delivered; where repeats are allowed, the first of each. */
    function distinct(events: ScanEvent[]): string[] {
      const keys = events.map((event) => event.event_id)
      return exactlyOnce ? keys : [...new Set(keys)]
    }

    test('of one scan delivers what is appended after ready, in order', async () => {
      const { scan_id } = await begin(scans, now, 50)
      const other = await begin(scans, now)
      await scans.append(scan_id, 0, [progress(scan_id, 'before')])
      const watch = collect(scans, scan_id)
      await watch.ready

      const files = Array.from({ length: 30 }, (_, index) => match(scan_id, `file-${(index * 7) % 30}`))
      for (const event of files) await scans.append(scan_id, 0, [event])
      await scans.append(other.scan_id, 0, [progress(other.scan_id, 'elsewhere')])
      await scans.end(scan_id, completed(scan_id), now + HOUR)

      await watch.until((events) => ids(events)?.includes(END) ?? false)
      expect(distinct(watch.events)).toEqual([...files.map((event) => event.event_id), END])
      expect(watch.events[0]).toEqual({ ...files[0], at: expect.any(String) })
      watch.stop()
    })

    test('delivers what was appended at the same time, all of it', async () => {
      const { scan_id } = await begin(scans, now, 100)
      const watch = collect(scans, scan_id)
      await watch.ready
      const files = Array.from({ length: 100 }, (_, index) => progress(scan_id, `file-${index}`))
      await Promise.all(files.map((event) => scans.append(scan_id, 0, [event])))
      await watch.until((events) => new Set(ids(events)).size === 100)
      expect(distinct(watch.events).toSorted()).toEqual(files.map((event) => event.event_id).toSorted())
      watch.stop()
    })

    test('and a page read after ready leave no gap between them', async () => {
      const { scan_id } = await begin(scans, now, 100)
      const files = Array.from({ length: 100 }, (_, index) => progress(scan_id, `file-${index}`))
      const writing = Promise.all(files.map((event) => scans.append(scan_id, 0, [event])))
      const watch = collect(scans, scan_id)
      await watch.ready
      const replayed = (await scans.events(scan_id, { limit: 500 })) ?? []
      await writing
      const all = () => new Set([...replayed, ...watch.events].map((event) => event.event_id))
      await watch.until(() => all().size === 101)
      expect(all()).toEqual(new Set([STARTED, ...files.map((event) => event.event_id)]))
      watch.stop()
    })

    test('of all scans delivers theirs and those of scans that begin later', async () => {
      const early = await begin(scans, now, 2)
      const watch = collect(scans, undefined)
      await watch.ready
      const late = await begin(scans, now, 2)
      await scans.append(early.scan_id, 0, [progress(early.scan_id, 'file-0')])
      await scans.append(late.scan_id, 0, [progress(late.scan_id, 'file-0')])
      await scans.end(late.scan_id, completed(late.scan_id), now + HOUR)

      const of = (scanId: string) => distinct(watch.events.filter((event) => event.scan_id === scanId))
      await watch.until(() => of(early.scan_id).length === 1 && of(late.scan_id).length === 3)
      expect(of(early.scan_id)).toEqual(['file:file-0'])
      expect(of(late.scan_id)).toEqual([STARTED, 'file:file-0', END])
      watch.stop()
    })

    test('does not disturb another, and stop stops it', async () => {
      const { scan_id } = await begin(scans, now, 10)
      const [stopped, kept, all] = [
        collect(scans, scan_id),
        collect(scans, scan_id),
        collect(scans, undefined),
      ]
      await Promise.all([stopped.ready, kept.ready, all.ready])
      await scans.append(scan_id, 0, [progress(scan_id, 'file-0')])
      await Promise.all([stopped, kept, all].map((watch) => watch.until((events) => events.length > 0)))

      stopped.stop()
      await scans.append(scan_id, 0, [progress(scan_id, 'file-1')])
      const second = (events: ScanEvent[]) => ids(events)?.includes('file:file-1') ?? false
      await Promise.all([kept.until(second), all.until(second)])
      expect(distinct(stopped.events)).toEqual(['file:file-0'])
      expect(distinct(kept.events)).toEqual(['file:file-0', 'file:file-1'])
      stopped.stop()
      kept.stop()
      all.stop()
    })

    test('stopped before it is ready delivers nothing', async () => {
      const { scan_id } = await begin(scans, now, 10)
      const [stopped, kept] = [collect(scans, scan_id), collect(scans, scan_id)]
      stopped.stop()
      await kept.ready
      await scans.append(scan_id, 0, [progress(scan_id, 'file-0')])
      await kept.until((events) => events.length > 0)
      expect(stopped.events).toEqual([])
      kept.stop()
    })

    test('is told when its scan was erased', async () => {
      const [erased, kept] = [await begin(scans, now), await begin(scans, now)]
      const watch = collect(scans, erased.scan_id)
      const others = [collect(scans, kept.scan_id), collect(scans, undefined)]
      await Promise.all([watch, ...others].map(({ ready }) => ready))
      await scans.erase(erased.scan_id)
      await watch.gone
      await scans.append(kept.scan_id, 0, [progress(kept.scan_id, 'file-0')])
      const ofKept = (events: ScanEvent[]) => events.some(({ scan_id }) => scan_id === kept.scan_id)
      await Promise.all(others.map((other) => other.until(ofKept)))
      expect(others.map((other) => other.isGone())).toEqual([false, false])
      for (const { stop } of [watch, ...others]) stop()
    })
  })
}

/** A watch that keeps what it is given and can be waited for. */
export function collect(scans: ScanStore, scanId: string | undefined) {
  const events: ScanEvent[] = []
  const gone = Promise.withResolvers<void>()
  let isGone = false
  let arrived = Promise.withResolvers<void>()
  const watch = scans.watch(scanId, {
    events(added) {
      events.push(...added)
      arrived.resolve()
      arrived = Promise.withResolvers()
    },
    gone() {
      isGone = true
      gone.resolve()
    },
  })
  return {
    events,
    gone: gone.promise,
    isGone: () => isGone,
    ready: watch.ready,
    stop: watch.stop,
    /** Resolves once `holds` is true of what has come so far. */
    async until(holds: (events: ScanEvent[]) => boolean): Promise<void> {
      while (!holds(events)) await arrived.promise
    },
  }
}
