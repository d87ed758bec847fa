import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { LISTED, type ListedEvent, ScanEvent, type Unstored } from '../../../../shared/contract/events.ts'
import { GROUP_SIZE, inGroups, type NewScan, type ScanStore } from '../../../../shared/store/port.ts'
import type { Open, OpenStore } from '../open-store.ts'
import { completed, driveFiles, HOUR, ids, newScan, started } from '../samples.ts'

/** Scans whose folder takes longer to list than they take to start, see shared/store/port.ts. */
export function listingContract(name: string, open: Open): void {
  describe(`a scan whose folder is not listed yet, on ${name}`, () => {
    const now = Date.now()
    let opened: OpenStore
    let scans: ScanStore

    beforeEach(async () => {
      opened = await open(() => now)
      scans = opened.store.scans
    })
    afterEach(() => opened.close())

    const files = driveFiles(7_500)
    const listing = { recursive: true, max_files: 20_000, known: driveFiles(237).slice(200) }
    const indices = (count: number) => Array.from({ length: count }, (_, index) => index)

    async function begin(known: number): Promise<NewScan & { first: number }> {
      const scan = { ...newScan(now, known), listing }
      const first = Math.floor(known / GROUP_SIZE)
      await scans.create(scan, inGroups(files).slice(0, first), started(scan))
      return { ...scan, first }
    }
    const listed = (scan_id: string, total_files: number): Unstored<ListedEvent> => ({
      type: 'listed',
      scan_id,
      event_id: LISTED,
      total_files,
    })
    const end = ({ scan_id, first }: { scan_id: string; first: number }, total: number) =>
      scans.endListing(
        scan_id,
        first,
        inGroups(files.slice(first * GROUP_SIZE, total)),
        listed(scan_id, total),
      )

    test('has a group that stands for the others, and is opened by nobody', async () => {
      const { scan_id } = await begin(237)
      expect(await scans.get(scan_id)).toMatchObject({ listing, total_files: 237 })
      expect(await scans.unclosedGroups(scan_id)).toEqual([0, 1, 2])
      expect(await scans.group(scan_id, 2)).toBeUndefined()
      expect(await scans.countFiles(scan_id)).toBe(0)
    })

    test('gets its other files all at once, and once', async () => {
      const scan = await begin(237)
      const { scan_id } = scan
      expect(await end(scan, 430)).toBe(true)
      expect(await end(scan, 500)).toBe(false)
      const stored = await scans.get(scan_id)
      expect(stored).toMatchObject({ total_files: 430 })
      expect(stored?.listing).toBeUndefined()
      const groups = await Promise.all(indices(6).map((group) => scans.group(scan_id, group)))
      expect(groups.map((group) => group?.files)).toEqual([...inGroups(files.slice(0, 430)), undefined])
      expect(await scans.unclosedGroups(scan_id)).toEqual([0, 1, 2, 3, 4])
      const events = await scans.events(scan_id, { limit: 10 })
      expect(ids(events)).toEqual(['started', LISTED])
      expect(events?.map((event) => ScanEvent.safeParse(event).success)).toEqual([true, true])

      const opening = { window: 2, waiting: [0], look_up: false }
      expect(await scans.open(scan_id, 2, opening, [])).toEqual(opening)
      expect(await scans.closeGroup(scan_id, 2)).toBe(true)
    })

    test('that has no others goes on without that group', async () => {
      const scan = await begin(200)
      expect(await end(scan, 200)).toBe(true)
      expect(await scans.unclosedGroups(scan.scan_id)).toEqual([0, 1])
      expect(await scans.get(scan.scan_id)).toMatchObject({ total_files: 200 })
    })

    test('that is listed by several at the same time has the files of one of them', async () => {
      const scan = await begin(237)
      const totals = [5_500, 7_500, 6_000]
      const outcomes = await Promise.allSettled(totals.map((total) => end(scan, total)))
      const winners = totals.filter((_, index) => {
        const outcome = outcomes[index]
        return outcome?.status === 'fulfilled' && outcome.value
      })
      expect(winners).toHaveLength(1)
      const [total = 0] = winners
      expect(await scans.get(scan.scan_id)).toMatchObject({ total_files: total })
      expect(await scans.unclosedGroups(scan.scan_id)).toEqual(indices(total / GROUP_SIZE))
      const last = await scans.group(scan.scan_id, total / GROUP_SIZE - 1)
      expect(last?.files).toEqual(files.slice(total - GROUP_SIZE, total))
    })

    test('gets nothing more once it has ended, or was given up, or is gone', async () => {
      const over = await begin(237)
      await scans.end(over.scan_id, completed(over.scan_id), now + HOUR)
      expect(await end(over, 430)).toBe(false)
      expect(await scans.get(over.scan_id)).toMatchObject({ total_files: 237 })

      const givenUp = await begin(237)
      await scans.closeGroup(givenUp.scan_id, 2)
      expect(await end(givenUp, 430)).toBe(false)
      expect(await end({ scan_id: randomUUID(), first: 0 }, 100)).toBe(false)
    })
  })
}
