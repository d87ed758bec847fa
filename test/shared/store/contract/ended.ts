import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { END, STARTED } from '../../../../shared/contract/events.ts'
import type { EndedScan, ScanStore } from '../../../../shared/store/port.ts'
import { collect } from '../collect-events.ts'
import type { Open, OpenStore } from '../open-store.ts'
import { completed, HOUR, ids, match, newScan, progress, started } from '../samples.ts'

/** A scan that is stored with all of its events reads like any other that has completed. */
export function endedContract(name: string, open: Open): void {
  describe(`a scan that is stored when it has ended, on ${name}`, () => {
    const now = Date.now()
    let opened: OpenStore
    let scans: ScanStore

    beforeEach(async () => {
      opened = await open(() => now)
      scans = opened.store.scans
    })
    afterEach(() => opened.close())

    async function stored(count: number, matching: number[]) {
      const { scan_id, folder, engine_id, key_hash } = newScan(now, count)
      const album = { album_id: 'album-1', keep_faces_until: now + 24 * HOUR }
      const scan: EndedScan = {
        ...{ scan_id, folder, engine_id, key_hash, album },
        ...{ total_files: count, created_at: now, expire_at: now + HOUR },
      }
      const files = Array.from({ length: count }, (_, index) =>
        (matching.includes(index) ? match : progress)(scan_id, `file-${index}`),
      )
      await scans.createEnded(scan, {
        started: started({ ...newScan(now, count), scan_id }),
        files,
        end: completed(scan_id),
      })
      return scan
    }

    test('has neither token nor targets, and is not running', async () => {
      const scan = await stored(3, [1])
      expect(await scans.get(scan.scan_id)).toMatchObject({
        ...{ scan_id: scan.scan_id, total_files: 3, album: scan.album, ended: 'completed' },
        ...{ expire_at: now + HOUR, key_hash: scan.key_hash },
      })
      const { targets, access_token } = (await scans.get(scan.scan_id)) ?? {}
      expect([targets?.length ?? 0, access_token]).toEqual([0, undefined])
      expect(await scans.stalled(now + HOUR)).toEqual([])
      expect(await scans.running(0)).toEqual([])
      expect(await scans.unclosedGroups(scan.scan_id)).toEqual([])
      expect(await scans.end(scan.scan_id, completed(scan.scan_id), now)).toBe(false)
    })

    test('has every event once, the matches first', async () => {
      const { scan_id } = await stored(450, [7, 300])
      expect(await scans.countFiles(scan_id)).toBe(450)
      const matches = ids(await scans.events(scan_id, { types: ['match'], limit: 10 }))
      expect(matches?.sort()).toEqual(['file:file-300', 'file:file-7'])
      const collected = collect(scans, scan_id, { after: '' })
      await collected.until((events) => events.some(({ event_id }) => event_id === END))
      collected.stop()
      const received = ids(collected.events) ?? []
      expect(received[0]).toBe(STARTED)
      expect(received.at(-1)).toBe(END)
      expect(received).toHaveLength(452)
      expect(new Set(received).size).toBe(452)
      expect((await scans.event(scan_id, 'file:file-449'))?.type).toBe('progress')
    })

    test('may be of no file at all', async () => {
      const { scan_id } = await stored(0, [])
      expect(ids(await scans.events(scan_id, { limit: 10 }))).toEqual([STARTED, END])
    })

    test('is erased as a whole', async () => {
      const { scan_id } = await stored(120, [1])
      await scans.erase(scan_id)
      expect(await scans.get(scan_id)).toBeUndefined()
      expect((await scans.events(scan_id, { limit: 10 })) ?? []).toEqual([])
    })
  })
}
