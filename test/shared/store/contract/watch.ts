import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { END, type ScanEvent, STARTED } from '../../../../shared/contract/events.ts'
import { MAX_BATCH, type ScanStore } from '../../../../shared/store/port.ts'
import { collect } from '../collect-events.ts'
import type { Open, OpenStore, StorePromises } from '../open-store.ts'
import { begin, completed, HOUR, ids, match, progress } from '../samples.ts'

/** A watch replays what is asked for, then delivers what is stored after `ready`, in order within each scan. */
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

    /** The event ids that the watch delivered, without repeats where those are allowed. */
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

    test('delivers all events that were appended at the same time', async () => {
      const { scan_id } = await begin(scans, now, 100)
      const watch = collect(scans, scan_id)
      await watch.ready
      const files = Array.from({ length: 100 }, (_, index) => progress(scan_id, `file-${index}`))
      await Promise.all(files.map((event) => scans.append(scan_id, 0, [event])))
      await watch.until((events) => new Set(ids(events)).size === 100)
      expect(distinct(watch.events).toSorted()).toEqual(files.map((event) => event.event_id).toSorted())
      watch.stop()
    })

    test('that replays has the end last, whatever was appended and opened at that moment', async () => {
      const { scan_id } = await begin(scans, now, 60)
      const known = Array.from({ length: 20 }, (_, index) => progress(scan_id, `known-${index}`))
      const append = (index: number) => scans.append(scan_id, 0, [match(scan_id, `file-${index}`)])
      const before = Array.from({ length: 20 }, (_, index) => append(index))
      const opening = scans.open(scan_id, 0, { window: 1, waiting: [], look_up: false }, known)
      const end = scans.end(scan_id, completed(scan_id), now + HOUR)
      const behind = Array.from({ length: 20 }, (_, index) => append(20 + index))
      const added = (await Promise.all([...before, ...behind])).reduce((sum, count) => sum + count, 0)
      const stored = added + ((await opening) ? known.length : 0)
      expect(await end).toBe(true)

      expect(await scans.countFiles(scan_id)).toBe(stored)
      const watch = collect(scans, scan_id, { after: '' })
      await watch.until((events) => ids(events)?.includes(END) ?? false)
      watch.stop()
      const replayed = distinct(watch.events)
      expect([replayed.length, replayed.at(-1)]).toEqual([stored + 2, END])
    })

    test('leaves no gap after a page that is read after ready', async () => {
      const { scan_id } = await begin(scans, now, 100)
      const files = Array.from({ length: 100 }, (_, index) => progress(scan_id, `file-${index}`))
      const writing = Promise.all(files.map((event) => scans.append(scan_id, 0, [event])))
      const watch = collect(scans, scan_id)
      await watch.ready
      const read = (await scans.events(scan_id, { limit: 500 })) ?? []
      await writing
      const all = () => new Set([...read, ...watch.events].map((event) => event.event_id))
      await watch.until(() => all().size === 101)
      expect(all()).toEqual(new Set([STARTED, ...files.map((event) => event.event_id)]))
      watch.stop()
    })

    describe('with `after`', () => {
      /** Appends files in one call; their order is up to the store. */
      async function write(scanId: string, first: number, count: number): Promise<void> {
        const files = Array.from({ length: count }, (_, index) => progress(scanId, `file-${first + index}`))
        await scans.append(scanId, 0, files)
      }
      /** The event ids of the scan in the store's order. */
      const stored = async (scanId: string) => ids(await scans.events(scanId, { limit: 1_000 })) ?? []

      test('replays the whole scan, then follows it, in order', async () => {
        const { scan_id } = await begin(scans, now, 400)
        await write(scan_id, 0, MAX_BATCH + 50)
        const watch = collect(scans, scan_id, { after: '' })
        await watch.until((events) => events.length > MAX_BATCH)
        for (let file = 300; file < 310; file++) await write(scan_id, file, 1)
        await scans.end(scan_id, completed(scan_id), now + HOUR)
        await watch.until((events) => ids(events)?.includes(END) ?? false)
        expect(distinct(watch.events)).toEqual(await stored(scan_id))
        expect(Math.max(...watch.batches)).toBeLessThanOrEqual(MAX_BATCH)
        watch.stop()
      })

      test('replays from after that event and omits nothing', async () => {
        const { scan_id } = await begin(scans, now, 30)
        for (let file = 0; file < 10; file++) await write(scan_id, file, 1)
        const watch = collect(scans, scan_id, { after: 'file:file-4' })
        await watch.ready
        for (let file = 10; file < 15; file++) await write(scan_id, file, 1)
        await watch.until((events) => ids(events)?.includes('file:file-14') ?? false)
        const expected = (await stored(scan_id)).slice(-10)
        expect(expected[0]).toBe('file:file-5')
        if (exactlyOnce) expect(ids(watch.events)).toEqual(expected)
        else expect(distinct(watch.events).slice(-10)).toEqual(expected)
        watch.stop()
      })

      test('has neither gap nor repeat where the replay meets what is appended meanwhile', async () => {
        const { scan_id } = await begin(scans, now, 400)
        await write(scan_id, 0, 50)
        let written = 50
        const watch = collect(scans, scan_id, {
          after: '',
          // More is appended before each of the first batches is taken.
          async take() {
            if (written >= 200) return
            const first = written
            written += 50
            await write(scan_id, first, 50)
          },
        })
        await watch.until((events) => new Set(ids(events)).size === 201)
        await scans.end(scan_id, completed(scan_id), now + HOUR)
        await watch.until((events) => ids(events)?.includes(END) ?? false)
        if (exactlyOnce) expect(watch.events).toHaveLength(202)
        expect(distinct(watch.events).toSorted()).toEqual((await stored(scan_id)).toSorted())
        watch.stop()
      })

      test('replays the events of a group that were stored together from after any of them, and follows', async () => {
        const { scan_id } = await begin(scans, now, 500)
        const open = (group: number) => {
          const files = Array.from({ length: 100 }, (_, index) => `file-${100 * group + index}`)
          const known = files.map((id, index) => (index % 50 === 0 ? match : progress)(scan_id, id))
          return scans.open(scan_id, group, { window: 1, waiting: [], look_up: false }, known)
        }
        for (const group of [0, 1, 2]) await open(group)
        const cursors = ['', 'file:file-1', 'file:file-199', 'file:file-250', 'file:file-299']
        const watches = cursors.map((after) => ({ after, watch: collect(scans, scan_id, { after }) }))
        await Promise.all(watches.map(({ watch }) => watch.ready))
        await open(3)
        await scans.end(scan_id, completed(scan_id), now + HOUR)
        const all = await stored(scan_id)
        expect(all).toHaveLength(402)
        for (const { after, watch } of watches) {
          const { events, batches } = watch
          await watch.until(() => ids(events)?.includes(END) ?? false)
          const expected = all.slice(all.indexOf(after) + 1)
          if (exactlyOnce) expect(ids(events)).toEqual(expected)
          else expect(distinct(events).slice(-expected.length)).toEqual(expected)
          expect(Math.max(...batches)).toBeLessThanOrEqual(MAX_BATCH)
          watch.stop()
        }
      })

      test('waits for its listener before it reads on', async () => {
        const { scan_id } = await begin(scans, now, 400)
        await write(scan_id, 0, MAX_BATCH)
        const taken = Promise.withResolvers<void>()
        const slow = collect(scans, scan_id, { after: '', take: () => taken.promise })
        const fast = collect(scans, scan_id, { after: '' })
        await slow.until((events) => events.length > 0)
        await fast.until((events) => events.length > MAX_BATCH)
        await write(scan_id, MAX_BATCH, 1)
        const last = (events: ScanEvent[]) => ids(events)?.includes(`file:file-${MAX_BATCH}`) ?? false
        await fast.until(last)
        expect(slow.batches).toHaveLength(1)
        taken.resolve()
        await slow.until(last)
        expect(distinct(slow.events)).toEqual(distinct(fast.events))
        for (const { stop } of [slow, fast]) stop()
      })

      test('that was stopped replays nothing more', async () => {
        const { scan_id } = await begin(scans, now, 400)
        await write(scan_id, 0, MAX_BATCH)
        const stopped = ['', 'file:other'].map((after) => collect(scans, scan_id, { after }))
        const cut = collect(scans, scan_id, { after: '', take: async () => cut.stop() })
        const whole = collect(scans, scan_id, { after: '' })
        for (const { stop } of stopped) stop()
        // Two replays, of which either may be the first to read its page.
        await Promise.all([
          cut.until((events) => events.length > 0),
          whole.until((events) => events.length > MAX_BATCH),
        ])
        expect(stopped.flatMap(({ events }) => events)).toEqual([])
        expect(stopped.map(({ timesGone }) => timesGone())).toEqual([0, 0])
        expect(cut.batches).toHaveLength(1)
        whole.stop()
      })

      test.each(['file:other', END, '..', 'a/b'])('%s, which is not in the scan, is gone', async (after) => {
        const { scan_id } = await begin(scans, now)
        const watch = collect(scans, scan_id, { after })
        await watch.gone
        expect(watch.events).toEqual([])
      })

      test('is gone once when its scan is erased during the replay, and delivers nothing more', async () => {
        const { scan_id } = await begin(scans, now, 400)
        await write(scan_id, 0, MAX_BATCH)
        let erased = Promise.resolve()
        const take = () => {
          erased = scans.erase(scan_id)
          return erased
        }
        const watch = collect(scans, scan_id, { after: '', take })
        await watch.gone
        await erased
        const later = collect(scans, scan_id, { after: '' })
        await later.gone
        expect(watch.batches).toHaveLength(1)
        expect(watch.timesGone()).toBe(1)
      })
    })

    test('of all scans also delivers the events of scans that begin later', async () => {
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

    test('that is stopped does not affect the others', async () => {
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

    test('is gone when its scan is erased', async () => {
      const [erased, kept] = [await begin(scans, now), await begin(scans, now)]
      const watch = collect(scans, erased.scan_id)
      const others = [collect(scans, kept.scan_id), collect(scans, undefined)]
      await Promise.all([watch, ...others].map(({ ready }) => ready))
      await scans.erase(erased.scan_id)
      await watch.gone
      await scans.append(kept.scan_id, 0, [progress(kept.scan_id, 'file-0')])
      const ofKept = (events: ScanEvent[]) => events.some(({ scan_id }) => scan_id === kept.scan_id)
      await Promise.all(others.map((other) => other.until(ofKept)))
      expect(others.map((other) => other.timesGone())).toEqual([0, 0])
      for (const { stop } of [watch, ...others]) stop()
    })
  })
}
