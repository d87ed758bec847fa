import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import type { LocalServer } from '../../../functions/local/server.ts'
import { temporaryDataDir } from '../../sample.ts'
import { inBrowser } from './browser.ts'
import { text } from './english.ts'
import {
  beginScan,
  endScan,
  engineStarted,
  followScan,
  noisePhotos,
  startPageServer,
  store,
  storeThumbnails,
} from './page-server.ts'

const dataDir = await temporaryDataDir()
const photosDir = join(dataDir, 'photos')

inBrowser('without a network', ({ visit }) => {
  let server: LocalServer

  beforeAll(async () => {
    await noisePhotos(photosDir, 2)
    server = await startPageServer(dataDir, photosDir)
    await engineStarted(server)
  })
  afterAll(() => server?.close())

  const ofYou = (page: Page, count: number) => page.getByRole('heading', { name: `${count} photos of you` })
  /** Paths that are kept, and until when. */
  const kept = (page: Page) =>
    page.evaluate(async () => {
      const results = await caches.open('results')
      const requests = await results.keys()
      return Promise.all(
        requests.map(async ({ url }) => [
          new URL(url).pathname,
          Number((await results.match(url))?.headers.get('x-kept-until')),
        ]),
      ) as Promise<[string, number][]>
    })
  async function twoMatches() {
    const scan = await beginScan(server.store.scans, 3)
    const outcomes = [0, 1].map((index) => ({ file: `${index}.jpg`, distance: 0.3 }))
    await store(server, scan, 0, [...outcomes, { file: '2.jpg', status: 'no_match' }])
    await endScan(server, scan)
    return scan
  }

  test('the last results are shown, nobody else’s are kept, and they are gone with the search and in time', async () => {
    const [scan, other] = [await twoMatches(), await twoMatches()]
    const page = await visit({ offline: true })
    await followScan(page, server.url, scan)
    await ofYou(page, 2).waitFor()
    await page.getByText(text.scan.noMatch).waitFor()
    await page.waitForFunction(
      async (status) => (await (await caches.open('results')).match(status)) !== undefined,
      `/api/v1/scan/${scan.scan_id}/status`,
    )
    // Somebody else's, which this browser has no key of, and what is not about a search.
    await page.evaluate(async (id) => {
      await fetch(`/api/v1/scan/${id}/status`)
      await fetch(`/api/v1/scan/${id}/matches`)
      await fetch('/api/v1/openapi.json')
    }, other.scan_id)
    const entries = await kept(page)
    expect(entries.map(([path]) => path).sort()).toEqual(
      ['matches', 'status'].map((what) => `/api/v1/scan/${scan.scan_id}/${what}`),
    )
    const { expire_at = 0 } = (await server.store.scans.get(scan.scan_id)) ?? {}
    for (const [, until] of entries) expect(until).toBeLessThanOrEqual(expire_at)

    await page.context().setOffline(true)
    await page.reload()
    await ofYou(page, 2).waitFor()
    expect(await page.getByRole('listitem').count()).toBeGreaterThanOrEqual(2)
    // What is kept says nothing of the other photos.
    await page.getByText(text.scan.noMatch).waitFor({ state: 'hidden' })

    // An hour later.
    await page.evaluate(async () => {
      const results = await caches.open('results')
      for (const request of await results.keys()) {
        await results.put(request, new Response('{}', { headers: { 'x-kept-until': `${Date.now() - 1}` } }))
      }
    })
    const status = `/api/v1/scan/${scan.scan_id}/status`
    expect(
      await page.evaluate(
        (path) =>
          fetch(path).then(
            (answer) => answer.status,
            () => 'none',
          ),
        status,
      ),
    ).toBe('none')
    await page.reload()
    await page.waitForFunction(async () => (await (await caches.open('results')).keys()).length === 0)

    await page.context().setOffline(false)
    await page.reload()
    await ofYou(page, 2).waitFor()
    await page.waitForFunction(async () => (await (await caches.open('results')).keys()).length === 2)
    await page.evaluate(({ scan_id, scan_key }) => {
      const headers = { authorization: `Bearer ${scan_key}` }
      return fetch(`/api/v1/scan/${scan_id}`, { method: 'DELETE', headers })
    }, scan)
    expect(await kept(page)).toEqual([])
  })

  test('an answer that was on its way when its search was deleted is not kept, and a full disk hides nothing', async () => {
    const scan = await twoMatches()
    const page = await visit({ offline: true })
    await followScan(page, server.url, scan)
    await ofYou(page, 2).waitFor()
    await page.waitForFunction(async () => (await (await caches.open('results')).keys()).length === 2)
    const [worker] = page.context().serviceWorkers()
    // The matches are on their way until after the search has been deleted.
    await worker?.evaluate(() => {
      const { fetch } = globalThis
      const [answered, deleted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      globalThis.fetch = async (request) => {
        const { method, url } = request as Request
        if (method === 'DELETE') await answered.promise
        const response = await fetch(request)
        if (method === 'DELETE') deleted.resolve()
        if (!url.endsWith('limit=7')) return response
        answered.resolve()
        await deleted.promise
        return response
      }
    })
    const found = await page.evaluate(async ({ scan_id, scan_key }) => {
      const headers = { authorization: `Bearer ${scan_key}` }
      const matches = fetch(`/api/v1/scan/${scan_id}/matches?limit=7`, { headers })
      await fetch(`/api/v1/scan/${scan_id}`, { method: 'DELETE', headers })
      return (await matches).status
    }, scan)
    expect(found).toBe(200)
    expect(await kept(page)).toEqual([])

    await worker?.evaluate(() => {
      Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
    })
    const other = await twoMatches()
    await followScan(page, server.url, other)
    await ofYou(page, 2).waitFor()
    expect(
      await page.evaluate(async ({ scan_id, scan_key }) => {
        const headers = { authorization: `Bearer ${scan_key}` }
        return (await fetch(`/api/v1/scan/${scan_id}/matches`, { headers })).status
      }, other),
    ).toBe(200)
  })

  test('pictures that the browser has kept are deleted with their search', async () => {
    const scan = await twoMatches()
    await storeThumbnails(server, ['0.jpg'])
    const page = await visit({ offline: true })
    await page.goto(`${server.url}/icon.svg`)
    const statuses = await page.evaluate(async ({ scan_id, scan_key }) => {
      const search = `/api/v1/scan/${scan_id}`
      const headers = { authorization: `Bearer ${scan_key}` }
      const { matches } = await (await fetch(`${search}/matches`, { headers })).json()
      const picture = `${search}/matches/${matches[0].file_id}/thumbnail`
      const seen = await fetch(picture, { headers })
      await seen.blob()
      await fetch(search, { method: 'DELETE', headers })
      return [seen.status, (await fetch(picture, { headers, cache: 'force-cache' })).status]
    }, scan)
    expect(statuses).toEqual([200, 404])
  })

  test('an album that was open is shown with the note that there is no connection', async () => {
    const now = Date.now()
    const album_id = 'A'.repeat(22)
    await server.store.albums.create({
      album_id,
      title: 'Anna & Ben',
      folder: { id: 'folder' },
      drive_link: 'local:/',
      recursive: false,
      authorisation: 'directory',
      code_hash: undefined,
      created_at: now,
      until: now + 3_600_000,
    })
    const page = await visit({ offline: true })
    await page.goto(`${server.url}/a/${album_id}`)
    const title = page.getByRole('heading', { name: 'Anna & Ben' })
    await title.waitFor()
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.reload()
    await title.waitFor()
    await page.context().setOffline(true)
    await page.reload()
    await title.waitFor()
    await page.getByText(text.album.lost).waitFor()
    await page.context().setOffline(false)
    await page.reload()
    await title.waitFor()
    expect(await page.getByText(text.album.lost).count()).toBe(0)
  })

  test('the page can be installed, and a new version of it is looked for at every visit', async () => {
    const manifest = await (await fetch(`${server.url}/manifest.webmanifest`)).json()
    for (const { src, type } of manifest.icons) {
      const icon = await fetch(server.url + src)
      expect([icon.status, icon.headers.get('content-type')]).toEqual([200, type])
      expect((await icon.arrayBuffer()).byteLength).toBeLessThan(20_000)
    }
    for (const path of ['/', '/service-worker.js']) {
      const { headers } = await fetch(server.url + path)
      expect(headers.get('cache-control')).toBe('no-cache')
    }
  })
})
