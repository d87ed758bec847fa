import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { END, ScanEvent, STARTED } from '../../../../shared/contract/events.ts'
import type { ScanStore } from '../../../../shared/store/port.ts'
import type { Open, OpenStore, StorePromises } from '../open-store.ts'
import {
  begin,
  completed,
  driveFiles,
  HOUR,
  ids,
  inGroups,
  match,
  newScan,
  progress,
  started,
  targets,
  tokenExpired,
} from '../samples.ts'
import { albumsContract } from './albums.ts'
import { endedContract } from './ended.ts'
import { eventsContract } from './events.ts'
import { expiryContract } from './expiry.ts'
import { facesContract } from './faces.ts'
import { indexesContract } from './indexes.ts'
import { listingContract } from './listing.ts'
import { uploadsContract } from './uploads.ts'
import { watchContract } from './watch.ts'

/** What every store adapter promises, see shared/store/port.ts. */
export function storeContract(name: string, open: Open, promises: StorePromises): void {
  describe(`the store on ${name}`, () => {
    const now = Date.now()
    let opened: OpenStore
    let scans: ScanStore

    beforeEach(async () => {
      opened = await open(() => now)
      scans = opened.store.scans
    })
    afterEach(() => opened.close())

    describe('a scan', () => {
      test('is returned as it was stored', async () => {
        const scan = await begin(scans, now, 3)
        const { targets: stored, ...rest } = (await scans.get(scan.scan_id)) ?? { targets: undefined }
        const { targets: given, ...expected } = scan
        expect(rest).toEqual({ ...expected, last_progress_at: now, ended: undefined })
        expect(stored).toBeInstanceOf(Float32Array)
        expect([...(stored ?? [])]).toEqual([...given])
        expect([...given]).toEqual([...targets()])
      })

      test('of a folder without a resource key is returned without one', async () => {
        const scan = { ...newScan(now), folder: { id: 'folder-2' } }
        await scans.create(scan, inGroups(driveFiles(1)), started(scan))
        expect((await scans.get(scan.scan_id))?.folder).toEqual({ id: 'folder-2' })
      })

      test('keeps its files in groups', async () => {
        const files = driveFiles(250)
        const scan = await begin(scans, now, 250)
        const groups = [0, 1, 2, 3].map((group) => scans.group(scan.scan_id, group))
        expect(await Promise.all(groups)).toEqual([
          { files: files.slice(0, 100) },
          { files: files.slice(100, 200) },
          { files: files.slice(200) },
          undefined,
        ])
      })

      test('of more groups than Firestore takes in one write is stored', async () => {
        const scan = await begin(scans, now, 6_000)
        expect(await scans.unclosedGroups(scan.scan_id)).toEqual(
          Array.from({ length: 60 }, (_, index) => index),
        )
        expect((await scans.group(scan.scan_id, 59))?.files).toHaveLength(100)
      })

      test('begins with its started event', async () => {
        const scan = await begin(scans, now, 5)
        const events = await scans.events(scan.scan_id, { limit: 10 })
        expect(events).toEqual([{ ...started(scan), at: expect.any(String) }])
        expect(ScanEvent.safeParse(events?.[0]).success).toBe(true)
      })

      test('does not affect other scans', async () => {
        const [one, other] = [await begin(scans, now, 2), await begin(scans, now, 2)]
        await scans.append(one.scan_id, 0, [progress(one.scan_id, 'file-0')])
        await scans.closeGroup(one.scan_id, 0)
        await scans.end(one.scan_id, completed(one.scan_id), now + HOUR)
        expect(await scans.countFiles(other.scan_id)).toBe(0)
        expect(await scans.unclosedGroups(other.scan_id)).toEqual([0])
        expect((await scans.get(other.scan_id))?.ended).toBeUndefined()
        expect(ids(await scans.events(other.scan_id, { limit: 10 }))).toEqual([STARTED])
      })
    })

    describe('opening a group', () => {
      const opening = async (scanId: string, group: number) => (await scans.group(scanId, group))?.opening

      test('has one winner among 10 in parallel, whose events alone are stored, and all get what it decided', async () => {
        const { scan_id } = await begin(scans, now, 250)
        const openings = Array.from({ length: 10 }, (_, index) => ({
          window: index + 1,
          waiting: [index, 99],
          look_up: index % 2 === 0,
        }))
        expect(await opening(scan_id, 1)).toBeUndefined()
        const knownTo = (index: number) => [
          progress(scan_id, `known-to-${index}`),
          match(scan_id, `found-by-${index}`),
        ]
        const decided = await Promise.all(
          openings.map((each, index) => scans.open(scan_id, 1, each, knownTo(index))),
        )
        const [first] = decided
        const winner = openings.findIndex(({ window }) => window === first?.window)
        expect(decided).toEqual(openings.map(() => openings[winner]))
        expect(
          await scans.open(scan_id, 1, { window: 50, waiting: [], look_up: false }, knownTo(50)),
        ).toEqual(first)
        expect(await opening(scan_id, 1)).toEqual(first)
        expect(await opening(scan_id, 0)).toBeUndefined()
        const stored = ids(knownTo(winner))?.toSorted()
        expect(
          ids(await scans.events(scan_id, { limit: 10 }))
            ?.slice(1)
            .toSorted(),
        ).toEqual(stored)
        expect(await scans.countFiles(scan_id)).toBe(2)
      })

      test('in which no file waits works as well, and closes nothing', async () => {
        const { scan_id } = await begin(scans, now)
        const none = { window: 3, waiting: [], look_up: false }
        expect(await scans.open(scan_id, 0, none, [])).toEqual(none)
        expect(await opening(scan_id, 0)).toEqual(none)
        expect(await scans.unclosedGroups(scan_id)).toEqual([0])
      })

      test('that does not exist opens nothing', async () => {
        const { scan_id } = await begin(scans, now)
        const known = [progress(scan_id, 'file-0')]
        expect(
          await scans.open(scan_id, 7, { window: 1, waiting: [], look_up: false }, known),
        ).toBeUndefined()
        expect(await opening(scan_id, 7)).toBeUndefined()
        expect(await scans.countFiles(scan_id)).toBe(0)
      })
    })

    describe('closing a group', () => {
      test('has one winner among 20 in parallel, and none later', async () => {
        const { scan_id } = await begin(scans, now, 250)
        const closed = await Promise.all(Array.from({ length: 20 }, () => scans.closeGroup(scan_id, 1)))
        expect(closed.filter((won) => won)).toHaveLength(1)
        expect(await scans.closeGroup(scan_id, 1)).toBe(false)
        expect(await scans.unclosedGroups(scan_id)).toEqual([0, 2])
        expect(await scans.unclosedGroups(scan_id, 1)).toHaveLength(1)
      })

      test('works for several groups in parallel', async () => {
        const { scan_id } = await begin(scans, now, 1_200)
        const closed = await Promise.all(
          Array.from({ length: 12 }, (_, group) => scans.closeGroup(scan_id, group)),
        )
        expect(closed.every((won) => won)).toBe(true)
        expect(await scans.unclosedGroups(scan_id)).toEqual([])
      })

      test('that does not exist changes nothing', async () => {
        const { scan_id } = await begin(scans, now)
        expect(await scans.closeGroup(scan_id, 7)).toBe(false)
        expect(await scans.unclosedGroups(scan_id)).toEqual([0])
      })
    })

    describe('the end', () => {
      test('is recorded, sets the expiry and wipes token and targets', async () => {
        const scan = await begin(scans, now)
        expect(await scans.end(scan.scan_id, completed(scan.scan_id), now + HOUR)).toBe(true)
        const { targets: _given, access_token: _token, ...kept } = scan
        expect(await scans.get(scan.scan_id)).toEqual({
          ...kept,
          targets: undefined,
          access_token: undefined,
          expire_at: now + HOUR,
          last_progress_at: now,
          ended: 'completed',
        })
        expect(ids(await scans.events(scan.scan_id, { limit: 10 }))).toEqual([STARTED, END])
      })

      test('has one winner when completed and token_expired race', async () => {
        const { scan_id } = await begin(scans, now)
        const ends = Array.from({ length: 10 }, (_, index) => (index % 2 ? completed : tokenExpired)(scan_id))
        const won = await Promise.all(ends.map((event) => scans.end(scan_id, event, now + HOUR)))
        expect(won.filter((winner) => winner)).toHaveLength(1)
        const winner = ends[won.indexOf(true)]
        expect((await scans.get(scan_id))?.ended).toBe(winner?.type)
        const stored = (await scans.events(scan_id, { limit: 10 }))?.filter((event) => event.event_id === END)
        expect(stored).toEqual([{ ...winner, at: expect.any(String) }])
      })

      test('never changes', async () => {
        const { scan_id } = await begin(scans, now)
        await scans.end(scan_id, tokenExpired(scan_id), now + HOUR)
        expect(await scans.end(scan_id, completed(scan_id), now + 2 * HOUR)).toBe(false)
        expect(await scans.get(scan_id)).toMatchObject({ ended: 'token_expired', expire_at: now + HOUR })
      })
    })

    describe('stalled scans', () => {
      test('are running scans without progress; the others run', async () => {
        const old = await begin(scans, now - HOUR, 100)
        const ended = await begin(scans, now - HOUR)
        const touched = await begin(scans, now - HOUR)
        const closed = await begin(scans, now - HOUR, 100)
        const other = await begin(scans, now)
        await scans.end(ended.scan_id, completed(ended.scan_id), now + HOUR)
        await scans.touch(touched.scan_id)
        await scans.closeGroup(closed.scan_id, 0)

        const running = (await scans.running(now - HOUR / 6)).filter((scan) => scan.scan_id !== other.scan_id)
        const progressed = [touched, closed].map(({ scan_id, total_files, folder }) => ({
          scan_id,
          total_files,
          folder_id: folder.id,
        }))
        expect(new Set(running)).toEqual(new Set(progressed))
        const stalled = await scans.stalled(now - HOUR / 6)
        expect(stalled.map((scan) => scan.scan_id)).toEqual([old.scan_id])
        expect(stalled[0]).toEqual(await scans.get(old.scan_id))
        expect(await scans.get(touched.scan_id)).toMatchObject({ last_progress_at: now })
        expect(await scans.get(closed.scan_id)).toMatchObject({ last_progress_at: now })
      })
    })

    describe('an unknown scan', () => {
      test.each([
        ['never stored', undefined],
        ['erased', 'erase' as const],
        ...['', '.', '..', 'a/b', '__x__', 'x'.repeat(5000)].map((id) => [
          `called ${JSON.stringify(id.slice(0, 9))}`,
          id,
        ]),
      ])('%s returns nothing, and writes to it change nothing', async (_how, id) => {
        const scan_id = id === 'erase' ? (await begin(scans, now, 2)).scan_id : (id ?? randomUUID())
        if (id === 'erase') {
          await scans.append(scan_id, 0, [progress(scan_id, 'file-0')])
          await scans.erase(scan_id)
        }
        expect(await scans.append(scan_id, 0, [progress(scan_id, 'file-1')])).toBe(0)
        expect(await scans.closeGroup(scan_id, 0)).toBe(false)
        expect(await scans.open(scan_id, 0, { window: 1, waiting: [0], look_up: false }, [])).toBeUndefined()
        expect(await scans.end(scan_id, completed(scan_id), now + HOUR)).toBe(false)
        await scans.touch(scan_id)
        await scans.erase(scan_id)

        expect(await scans.get(scan_id)).toBeUndefined()
        expect(await scans.group(scan_id, 0)).toBeUndefined()
        expect(await scans.has(scan_id, STARTED)).toBe(false)
        expect(await scans.has(scan_id, 'file:file-1')).toBe(false)
        expect(await scans.event(scan_id, STARTED)).toBeUndefined()
        expect(await scans.countGroup(scan_id, 0)).toBe(0)
        expect(await scans.countFiles(scan_id)).toBe(0)
        expect(await scans.recordedFiles(scan_id, 0)).toEqual(new Set())
        expect(await scans.unclosedGroups(scan_id)).toEqual([])
        expect(await scans.events(scan_id, { after: STARTED, limit: 10 })).toBeUndefined()
        expect((await scans.events(scan_id, { limit: 10 })) ?? []).toEqual([])
        expect(await scans.stalled(now + HOUR)).toEqual([])
      })

      test('that was erased does not affect the others', async () => {
        const [gone, kept] = [await begin(scans, now, 2), await begin(scans, now, 2)]
        await scans.append(kept.scan_id, 0, [progress(kept.scan_id, 'file-0')])
        await scans.erase(gone.scan_id)
        expect(await scans.countFiles(kept.scan_id)).toBe(1)
        expect((await scans.group(kept.scan_id, 0))?.files).toHaveLength(2)
      })
    })

    test('survives a restart', async () => {
      const scan = await begin(scans, now, 2)
      await scans.append(scan.scan_id, 0, [match(scan.scan_id, 'file-0')])
      const [before, events] = [
        await scans.get(scan.scan_id),
        await scans.events(scan.scan_id, { limit: 10 }),
      ]
      const again = (await opened.reopen()).scans
      expect(await again.get(scan.scan_id)).toEqual(before)
      expect(await again.events(scan.scan_id, { limit: 10 })).toEqual(events)
      expect(await again.append(scan.scan_id, 0, [match(scan.scan_id, 'file-0')])).toBe(0)
    })
  })

  albumsContract(name, open)
  endedContract(name, open)
  eventsContract(name, open)
  expiryContract(name, open)
  facesContract(name, open, promises)
  indexesContract(name, open, promises)
  listingContract(name, open)
  uploadsContract(name, open)
  watchContract(name, open, promises)
}
