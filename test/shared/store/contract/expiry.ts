import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { STARTED } from '../../../../shared/contract/events.ts'
import type { ScanStore } from '../../../../shared/store/port.ts'
import { collect } from '../collect-events.ts'
import type { Open, OpenStore } from '../open-store.ts'
import { begin, completed, HOUR, match, progress } from '../samples.ts'

/** A scan past its `expire_at` is invisible, whether or not it has been deleted; the sweep deletes it. */
export function expiryContract(name: string, open: Open): void {
  describe(`expiry on ${name}`, () => {
    let now = Date.now()
    let opened: OpenStore
    let scans: ScanStore

    beforeEach(async () => {
      now = Date.now()
      opened = await open(() => now)
      scans = opened.store.scans
    })
    afterEach(() => opened.close())

    /** What each read returns for the scan. */
    const reads = async (scanId: string) => ({
      get: (await scans.get(scanId))?.scan_id,
      groupFiles: (await scans.group(scanId, 0))?.files.length,
      has: await scans.has(scanId, STARTED),
      event: (await scans.event(scanId, STARTED))?.event_id,
      countGroup: await scans.countGroup(scanId, 0),
      countFiles: await scans.countFiles(scanId),
      recordedFiles: (await scans.recordedFiles(scanId, 0)).size,
      unclosedGroups: await scans.unclosedGroups(scanId),
      events: (await scans.events(scanId, { limit: 10 }))?.length ?? 0,
      matches: (await scans.events(scanId, { types: ['match'], limit: 10 }))?.length ?? 0,
      eventsAfter: (await scans.events(scanId, { after: STARTED, limit: 10 }))?.length,
      stalled: (await scans.stalled(now + 1)).map((scan) => scan.scan_id),
    })
    const NOTHING = {
      get: undefined,
      groupFiles: undefined,
      has: false,
      event: undefined,
      countGroup: 0,
      countFiles: 0,
      recordedFiles: 0,
      unclosedGroups: [],
      events: 0,
      matches: 0,
      eventsAfter: undefined,
      stalled: [],
    }

    test('hides a scan from every read at its expire_at, and no earlier', async () => {
      const scan = await begin(scans, now, 2)
      await scans.append(scan.scan_id, 0, [match(scan.scan_id, 'file-0')])

      now = scan.expire_at - 1
      expect(await reads(scan.scan_id)).toEqual({
        get: scan.scan_id,
        groupFiles: 2,
        has: true,
        event: STARTED,
        countGroup: 1,
        countFiles: 1,
        recordedFiles: 1,
        unclosedGroups: [0],
        events: 2,
        matches: 1,
        eventsAfter: 1,
        stalled: [scan.scan_id],
      })
      now = scan.expire_at
      expect(await reads(scan.scan_id)).toEqual(NOTHING)
    })

    test('ends a watch that asks for a replay of an expired scan', async () => {
      const scan = await begin(scans, now, 2)
      now = scan.expire_at
      for (const after of ['', STARTED]) {
        const watch = collect(scans, scan.scan_id, { after })
        await watch.gone
        expect(watch.events).toEqual([])
      }
    })

    test('happens at the time that the end sets', async () => {
      const scan = await begin(scans, now, 2)
      await scans.end(scan.scan_id, completed(scan.scan_id), now + HOUR)
      now += HOUR - 1
      expect(await scans.get(scan.scan_id)).toBeDefined()
      now += 1
      expect(await reads(scan.scan_id)).toEqual(NOTHING)
    })

    test('makes writes ineffective', async () => {
      const scan = await begin(scans, now, 2)
      now = scan.expire_at
      expect(await scans.append(scan.scan_id, 0, [progress(scan.scan_id, 'file-0')])).toBe(0)
      expect(await scans.closeGroup(scan.scan_id, 0)).toBe(false)
      expect(await scans.end(scan.scan_id, completed(scan.scan_id), now + HOUR)).toBe(false)
      now = scan.expire_at - 1
      expect(await scans.countFiles(scan.scan_id)).toBe(0)
      expect(await scans.unclosedGroups(scan.scan_id)).toEqual([0])
      expect((await scans.get(scan.scan_id))?.ended).toBeUndefined()
    })

    test('is followed by a sweep that deletes what has expired and nothing else', async () => {
      const [first, second] = [await begin(scans, now, 150), await begin(scans, now, 2)]
      await scans.append(first.scan_id, 0, [progress(first.scan_id, 'file-0')])
      now += HOUR
      const running = await begin(scans, now, 2)
      expect(await scans.sweep()).toBe(0)

      now = first.expire_at
      expect(await scans.sweep()).toBe(2)
      expect(await scans.sweep()).toBe(0)
      expect(await scans.get(running.scan_id)).toBeDefined()

      now = first.created_at
      expect(await reads(first.scan_id)).toEqual(NOTHING)
      expect(await scans.get(second.scan_id)).toBeUndefined()
      expect((await scans.group(running.scan_id, 0))?.files).toHaveLength(2)
    })
  })
}
