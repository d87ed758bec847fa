import { beforeAll, describe, expect, test } from '@jest/globals'
import { ScanEvent } from '../../shared/contract/events.ts'
import { type Api, apiOf, base64Of, isEnd, updates } from './api.ts'

/** Started and ended by the test file. */
export interface Product {
  /** Without the base path. */
  url: string
  /** A selfie of somebody on the few photos of the sample that the product serves. */
  selfie: string
}

/** Six photos, quick enough to scan again and again. */
const FOLDER = 'local:/second-day'

/**
 * The contract as a client sees it, on a few photos of the sample, whatever runs behind the URL. `exact` products deliver each
 * event once; the others at least once.
 */
export function scanSuite(
  name: string,
  running: () => Promise<Product>,
  { exact }: { exact: boolean },
): void {
  describe(`scan a folder: ${name}`, () => {
    let api: Api
    let target: string

    beforeAll(async () => {
      const product = await running()
      api = apiOf(product.url)
      target = await base64Of(product.selfie)
    })

    const received = (events: ScanEvent[]) =>
      exact ? events : [...new Map(events.map((event) => [event.event_id, event])).values()]

    async function finish(request: { drive_link: string; recursive?: boolean }) {
      const scan = await api.scan({ ...request, target_face: target })
      const follow = async () => {
        const socket = await api.updates(`?scan_id=${scan.scan_id}&after=&key=${scan.scan_key}`)
        await socket.until(isEnd)
        socket.close()
        return received(socket.events)
      }
      const events = await follow()
      // What came live may have come in another order than it is stored in where the store is not exact.
      return { ...scan, events: exact ? events : await follow() }
    }

    let scanned: ReturnType<typeof finish> | undefined
    /** A scan that has ended, the same one for all tests that only read it. */
    function finished() {
      scanned ??= finish({ drive_link: FOLDER })
      return scanned
    }

    test('every file of the folder ends as one event, and every kind of event comes', async () => {
      const broadcast = await api.updates()
      const { scan_id, total_files, events } = await finish({ drive_link: 'local:/', recursive: true })
      await broadcast.until((event) => event.scan_id === scan_id && isEnd(event))
      broadcast.close()

      expect(total_files).toBe(11)
      for (const event of events) expect(ScanEvent.parse(event)).toEqual(event)
      const ids = events.map((event) => event.event_id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids[0]).toBe('started')
      expect(ids.at(-1)).toBe('end')
      expect(events).toHaveLength(total_files + 2)

      const count = (fits: (event: ScanEvent) => boolean) => events.filter(fits).length
      expect(count((event) => event.type === 'match')).toBe(3)
      expect(count((event) => event.type === 'progress' && event.status === 'no_match')).toBe(6)
      expect(count((event) => event.type === 'progress' && event.status === 'no_face_found')).toBe(1)
      expect(count((event) => event.type === 'error')).toBe(1)
      expect(count((event) => event.type === 'completed')).toBe(1)

      const seen = received(broadcast.events.filter((event) => event.scan_id === scan_id))
      expect(new Set(seen.map((event) => event.event_id))).toEqual(new Set(ids))
      expect(await api.get(`/scan/${scan_id}/status`)).toMatchObject({
        status: 200,
        body: { scan_id, status: 'completed', remaining: 0 },
      })
    })

    test('matches come in pages, only to the holder of the key, and link to the original', async () => {
      const { scan_id, scan_key, events } = await finished()
      const found = events.filter((event) => event.type === 'match')
      expect(found.length).toBeGreaterThan(0)

      const authorization = { authorization: `Bearer ${scan_key}` }
      const collected: unknown[] = []
      let after = ''
      do {
        const { body } = await api.get(
          `/scan/${scan_id}/matches?limit=1${after && `&after=${encodeURIComponent(after)}`}`,
          authorization,
        )
        collected.push(...body.matches)
        after = body.next ?? ''
      } while (after !== '')
      expect(collected).toEqual(found)
      expect((await api.get(`/scan/${scan_id}/matches?key=${scan_key}`)).body.matches).toEqual(found)

      const original = await fetch(found[0]?.download_url ?? '')
      expect(original.status).toBe(200)
      expect(original.headers.get('content-type')).toMatch(/^image\//)
      expect((await original.arrayBuffer()).byteLength).toBeGreaterThan(1000)

      expect((await api.get(`/scan/${scan_id}/matches`)).status).toBe(401)
      expect((await api.get(`/scan/${scan_id}/matches?key=wrong`)).status).toBe(403)
      expect(
        (await api.get(`/scan/${scan_id}/matches?key=${scan_key}&after=file:none`)).body.error.code,
      ).toBe('invalid_cursor')
    })

    test('a client that is cut off at any event resumes with exactly what it missed', async () => {
      const { scan_id, scan_key, events } = await finished()
      for (const [index, { event_id }] of events.entries()) {
        const missed = events.slice(index + 1)
        if (missed.length === 0) break
        const socket = await api.updates(
          `?scan_id=${scan_id}&key=${scan_key}&after=${encodeURIComponent(event_id)}`,
        )
        await socket.until(isEnd)
        socket.close()
        // A store that is not exact may repeat what is close to the cut; nothing is missing and the order holds.
        const own = received(socket.events).filter((event) =>
          missed.some(({ event_id }) => event_id === event.event_id),
        )
        expect(own).toEqual(missed)
        if (exact) expect(socket.events).toEqual(missed)
      }
    })

    test('a client that reconnects again and again during the scan sees each event once', async () => {
      const { scan_id, scan_key } = await api.scan({ drive_link: FOLDER, target_face: target })
      const seen: ScanEvent[] = []
      while (!seen.some(isEnd)) {
        const after = encodeURIComponent(seen.at(-1)?.event_id ?? '')
        const socket = await api.updates(`?scan_id=${scan_id}&key=${scan_key}&after=${after}`)
        await socket.until((event) => !seen.some(({ event_id }) => event_id === event.event_id))
        socket.socket.terminate()
        await socket.closed
        for (const event of socket.events) {
          const known = seen.some(({ event_id }) => event_id === event.event_id)
          if (!known) seen.push(event)
          else expect(exact).toBe(false)
        }
      }
      expect(seen).toHaveLength(8)
    })

    test('DELETE stops a scan, erases it and closes its sockets', async () => {
      const { scan_id, scan_key } = await api.scan({
        drive_link: 'local:/',
        recursive: true,
        target_face: target,
      })
      const socket = await api.updates(`?scan_id=${scan_id}`)
      expect((await api.delete(`/scan/${scan_id}`)).status).toBe(401)
      expect((await api.delete(`/scan/${scan_id}?key=wrong`)).status).toBe(403)
      expect((await api.delete(`/scan/${scan_id}`, { authorization: `Bearer ${scan_key}` })).status).toBe(204)
      expect(await socket.closed).toBe(4404)
      expect((await api.get(`/scan/${scan_id}/status`)).body).toEqual({ scan_id, status: 'unknown' })
      expect((await api.get(`/scan/${scan_id}/matches?key=${scan_key}`)).body.error.code).toBe(
        'scan_not_found',
      )
      expect((await api.delete(`/scan/${scan_id}?key=${scan_key}`)).status).toBe(404)
    })

    test('the selfie preview shows the faces', async () => {
      const { status, body } = await api.post('/target-face', { image: `data:image/jpeg;base64,${target}` })
      expect(status).toBe(200)
      expect(body.faces.length).toBeGreaterThan(0)
      expect(body.faces[0].box.width).toBeGreaterThan(10)
      expect(body.faces[0].box.x + body.faces[0].box.width).toBeLessThanOrEqual(body.width * 1.2)
    })

    test('a socket without the right to replay is refused with the reason', async () => {
      const { scan_id, scan_key } = await finished()
      const open = (query: string, origin?: string) =>
        updates(`${api.base.replace(/^http/, 'ws')}/ws/updates${query}`, origin ? { origin } : {})
      await expect(open(`?scan_id=${scan_id}&after=`)).rejects.toThrow('401')
      await expect(open(`?scan_id=${scan_id}&after=&key=wrong`)).rejects.toThrow('403')
      await expect(open(`?scan_id=${scan_id}&after=file:none&key=${scan_key}`)).rejects.toThrow('400')
      await expect(open('?after=')).rejects.toThrow('400')
      await expect(open('?scan_id=nonsense')).rejects.toThrow('400')
      await expect(open('', 'https://elsewhere.example')).rejects.toThrow('403')
      const allowed = await open(`?scan_id=${scan_id}`, 'http://localhost:3000')
      allowed.close()
    })
  })
}
