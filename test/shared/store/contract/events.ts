import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { END, ScanEvent, STARTED } from '../../../../shared/contract/events.ts'
import type { ScanStore } from '../../../../shared/store/port.ts'
import type { Open, OpenStore } from '../open-store.ts'
import {
  begin,
  completed,
  driveFiles,
  fileError,
  HOUR,
  ids,
  inGroups,
  match,
  newScan,
  progress,
  started,
  suggestion,
  tokenExpired,
} from '../samples.ts'

/** Each event exists once, never changes, and is read in order. */
export function eventsContract(name: string, open: Open): void {
  describe(`events on ${name}`, () => {
    const now = Date.now()
    let opened: OpenStore
    let scans: ScanStore

    beforeEach(async () => {
      opened = await open(() => now)
      scans = opened.store.scans
    })
    afterEach(() => opened.close())

    describe('append', () => {
      test('stores every type of file event as it is sent', async () => {
        const { scan_id } = await begin(scans, now, 3)
        const events = [progress(scan_id, 'file-0'), match(scan_id, 'file-1'), fileError(scan_id, 'file-2')]
        for (const event of events) expect(await scans.append(scan_id, 0, [event])).toBe(1)
        const stored = await scans.events(scan_id, { limit: 10 })
        expect(stored?.slice(1)).toEqual(events.map((event) => ({ ...event, at: expect.any(String) })))
        for (const event of stored ?? []) expect(ScanEvent.safeParse(event).success).toBe(true)
      })

      test('of the same event 20 times in parallel leaves one', async () => {
        const { scan_id } = await begin(scans, now)
        const event = progress(scan_id, 'file-0')
        const added = await Promise.all(Array.from({ length: 20 }, () => scans.append(scan_id, 0, [event])))
        expect(added.filter((count) => count === 1)).toHaveLength(1)
        expect(added.filter((count) => count === 0)).toHaveLength(19)
        expect(ids(await scans.events(scan_id, { limit: 50 }))).toEqual([STARTED, event.event_id])
      })

      test('keeps an existing event and adds the others', async () => {
        const { scan_id } = await begin(scans, now, 3)
        await scans.append(scan_id, 0, [match(scan_id, 'file-1')])
        const again = ['file-0', 'file-1', 'file-2'].map((id) => fileError(scan_id, id))
        expect(await scans.append(scan_id, 0, again)).toBe(2)
        const kept = await scans.events(scan_id, { types: ['match'], limit: 10 })
        expect(ids(kept)).toEqual(['file:file-1'])
      })

      test('and opening add nothing once the scan has ended', async () => {
        const { scan_id } = await begin(scans, now, 3)
        await scans.append(scan_id, 0, [match(scan_id, 'file-1')])
        await scans.end(scan_id, completed(scan_id), now + HOUR)
        expect(await scans.append(scan_id, 0, [match(scan_id, 'file-0')])).toBe(0)
        const opening = { window: 1, waiting: [0, 1], look_up: false }
        expect(await scans.open(scan_id, 0, opening, [progress(scan_id, 'file-2')])).toBeUndefined()
        expect(ids(await scans.events(scan_id, { limit: 10 }))).toEqual([STARTED, 'file:file-1', END])
        expect(await scans.countFiles(scan_id)).toBe(1)
      })

      test('adds a whole group at once', async () => {
        const { scan_id } = await begin(scans, now, 100)
        const events = driveFiles(100).map((file) => fileError(scan_id, file.id))
        expect(await scans.append(scan_id, 0, events)).toBe(100)
        expect(await scans.append(scan_id, 0, events)).toBe(0)
        expect(await scans.countGroup(scan_id, 0)).toBe(100)
      })

      test('counts file events by group and by scan, but not the started and end events', async () => {
        const { scan_id } = await begin(scans, now, 150)
        await scans.append(scan_id, 0, [progress(scan_id, 'file-0'), match(scan_id, 'file-1')])
        await scans.append(scan_id, 1, [fileError(scan_id, 'file-100')])
        await scans.end(scan_id, tokenExpired(scan_id), now + HOUR)
        expect(await scans.countGroup(scan_id, 0)).toBe(2)
        expect(await scans.countGroup(scan_id, 1)).toBe(1)
        expect(await scans.countGroup(scan_id, 2)).toBe(0)
        expect(await scans.countFiles(scan_id)).toBe(3)
        expect(await scans.recordedFiles(scan_id, 0)).toEqual(new Set(['file-0', 'file-1']))
        expect(await scans.recordedFiles(scan_id, 2)).toEqual(new Set())
      })

      test('makes an event available by its id', async () => {
        const { scan_id } = await begin(scans, now)
        const event = progress(scan_id, 'file-0')
        expect(await scans.has(scan_id, event.event_id)).toBe(false)
        await scans.append(scan_id, 0, [event])
        expect(await scans.has(scan_id, event.event_id)).toBe(true)
        expect(await scans.has(scan_id, STARTED)).toBe(true)
        expect(await scans.event(scan_id, event.event_id)).toEqual({ ...event, at: expect.any(String) })
        for (const id of ['file:other', '', '..', 'a/b'])
          expect(await scans.event(scan_id, id)).toBeUndefined()
      })
    })

    describe('events that are stored as their group is opened', () => {
      const OTHERS = ['file-0', 'file-2', 'file-3', 'file-5']
      const FOUND = ['file-1', 'file-4']

      /** Files 0 to 5 are known, 6 to 9 wait, and one of those has its event. */
      async function open(): Promise<string> {
        const { scan_id } = await begin(scans, now, 150)
        const known = [...OTHERS.map((id) => progress(scan_id, id)), ...FOUND.map((id) => match(scan_id, id))]
        await scans.open(scan_id, 0, { window: 2, waiting: [6, 7, 8, 9], look_up: false }, known)
        await scans.append(scan_id, 0, [progress(scan_id, 'file-6')])
        return scan_id
      }

      test('are returned singly, as they are sent', async () => {
        const scan_id = await open()
        const stored = (await scans.events(scan_id, { limit: 20 }))?.slice(1) ?? []
        const expected = [
          ...[...OTHERS, 'file-6'].map((id) => progress(scan_id, id)),
          ...FOUND.map((id) => match(scan_id, id)),
        ]
        expect(stored).toHaveLength(expected.length)
        expect(new Set(stored)).toEqual(
          new Set(expected.map((event) => ({ ...event, at: expect.any(String) }))),
        )
        for (const event of stored) expect(ScanEvent.safeParse(event).success).toBe(true)
        const others = stored.filter(({ type }) => type === 'progress')
        expect(ids(others)).toEqual([...OTHERS, 'file-6'].map((id) => `file:${id}`))
      })

      test('are counted, and known by their ids', async () => {
        const scan_id = await open()
        expect(await scans.countGroup(scan_id, 0)).toBe(7)
        expect(await scans.countGroup(scan_id, 1)).toBe(0)
        expect(await scans.countFiles(scan_id)).toBe(7)
        expect(await scans.recordedFiles(scan_id, 0)).toEqual(new Set([...OTHERS, ...FOUND, 'file-6']))
        for (const id of [...OTHERS, ...FOUND, 'file-6']) {
          expect(await scans.has(scan_id, `file:${id}`)).toBe(true)
          expect(await scans.event(scan_id, `file:${id}`)).toMatchObject({
            file_id: id,
            at: expect.any(String),
          })
        }
        for (const id of ['file:file-7', 'file:', 'file-0', 'group:0', 'suggestion:file-0']) {
          expect(await scans.has(scan_id, id)).toBe(false)
          expect(await scans.event(scan_id, id)).toBeUndefined()
        }
      })

      test('are read page by page after any of them, and by type', async () => {
        const scan_id = await open()
        const all = ids(await scans.events(scan_id, { limit: 20 })) ?? []
        for (const [index, after] of all.entries()) {
          for (const limit of [1, 3, 20]) {
            const page = await scans.events(scan_id, { after, limit })
            expect(ids(page)).toEqual(all.slice(index + 1, index + 1 + limit))
          }
          const matches = await scans.events(scan_id, { after, types: ['match'], limit: 20 })
          const found = FOUND.map((id) => `file:${id}`)
          expect(ids(matches)).toEqual(all.slice(index + 1).filter((id) => found.includes(id)))
        }
        expect(await scans.events(scan_id, { after: 'group:0', limit: 20 })).toBeUndefined()
      })
    })

    describe('suggestions', () => {
      test('are stored once, as they are sent, and count nowhere', async () => {
        const { scan_id } = await begin(scans, now, 2)
        await scans.append(scan_id, 0, [match(scan_id, 'file-0')])
        const [first, second] = [suggestion(scan_id, 'file-0'), suggestion(scan_id, 'file-1')]
        await scans.appendSuggestions(scan_id, [first])
        await scans.appendSuggestions(scan_id, [{ ...first, distance: 0.5 }, second])
        const stored = await scans.events(scan_id, { types: ['suggestion'], limit: 10 })
        expect(stored).toEqual([first, second].map((event) => ({ ...event, at: expect.any(String) })))
        for (const event of stored ?? []) expect(ScanEvent.safeParse(event).success).toBe(true)
        expect(await scans.countFiles(scan_id)).toBe(1)
        expect(await scans.countGroup(scan_id, 0)).toBe(1)
        expect(await scans.recordedFiles(scan_id, 0)).toEqual(new Set(['file-0']))
        const both = await scans.events(scan_id, { types: ['match', 'suggestion'], limit: 2 })
        expect(ids(both)).toEqual(['file:file-0', first.event_id])
        await scans.appendSuggestions('0b0e6a0e-0000-4000-8000-000000000000', [first])
      })

      test('are not added once the scan has ended', async () => {
        const { scan_id } = await begin(scans, now, 1)
        await scans.appendSuggestions(scan_id, [suggestion(scan_id, 'file-0')])
        await scans.end(scan_id, { ...completed(scan_id), type: 'completed', stopped: true }, now + HOUR)
        expect(await scans.event(scan_id, END)).toMatchObject({ type: 'completed', stopped: true })
        const late = Array.from({ length: 200 }, (_, i) => suggestion(scan_id, `file-${i}`))
        await scans.appendSuggestions(scan_id, late)
        expect(ids(await scans.events(scan_id, { limit: 10 }))).toEqual([STARTED, 'suggestion:file-0', END])
      })

      test('are added as many as there may be, also by several at once', async () => {
        const { scan_id } = await begin(scans, now, 1)
        const all = Array.from({ length: 200 }, (_, i) => suggestion(scan_id, `file-${i}`))
        const parts = [all.slice(0, 120), all.slice(50), all]
        await Promise.all(parts.map((events) => scans.appendSuggestions(scan_id, events)))
        const stored = ids(await scans.events(scan_id, { types: ['suggestion'], limit: 300 }))
        expect(stored?.toSorted()).toEqual(all.map(({ event_id }) => event_id).toSorted())
      })

      test('are wanted by the scans that were started with them', async () => {
        const scan = { ...newScan(now), suggestions: true }
        await scans.create(scan, inGroups(driveFiles(1)), started(scan))
        expect(await scans.get(scan.scan_id)).toMatchObject({ suggestions: true })
        const { scan_id } = await begin(scans, now)
        expect(await scans.get(scan_id)).toMatchObject({ suggestions: false })
      })
    })

    describe('a page', () => {
      test('returns events in the order in which they were appended', async () => {
        const { scan_id } = await begin(scans, now, 25)
        const files = Array.from({ length: 25 }, (_, index) => progress(scan_id, `file-${(index * 7) % 25}`))
        for (const event of files) await scans.append(scan_id, 0, [event])
        await scans.end(scan_id, completed(scan_id), now + HOUR)
        const expected = [STARTED, ...files.map((event) => event.event_id), END]

        const paged: string[] = []
        for (let after: string | undefined; ; after = paged.at(-1)) {
          const page = await scans.events(scan_id, { after, limit: 10 })
          expect(page?.length).toBeLessThanOrEqual(10)
          if (!page?.length) break
          paged.push(...page.map((event) => event.event_id))
        }
        expect(paged).toEqual(expected)
        expect(ids(await scans.events(scan_id, { limit: 100 }))).toEqual(expected)
      })

      test('can be limited to one type', async () => {
        const { scan_id } = await begin(scans, now, 10)
        for (let index = 0; index < 10; index++) {
          await scans.append(scan_id, 0, [(index % 3 ? progress : match)(scan_id, `file-${index}`)])
        }
        const first = await scans.events(scan_id, { types: ['match'], limit: 2 })
        expect(ids(first)).toEqual(['file:file-0', 'file:file-3'])
        const rest = await scans.events(scan_id, { types: ['match'], after: 'file:file-3', limit: 10 })
        expect(ids(rest)).toEqual(['file:file-6', 'file:file-9'])
        const next = await scans.events(scan_id, { types: ['match'], after: 'file:file-8', limit: 10 })
        expect(ids(next)).toEqual(['file:file-9'])
      })

      test('after an event that is not in the scan is undefined', async () => {
        const { scan_id } = await begin(scans, now)
        for (const after of ['file:other', END, '', '.', '..', 'a/b', '__x__', '\u0000', 'x'.repeat(5000)]) {
          expect(await scans.events(scan_id, { after, limit: 10 })).toBeUndefined()
        }
      })
    })
  })
}
