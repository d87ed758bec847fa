import { link, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { LocalServer } from '../../../functions/local/server.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { inBrowser } from './browser.ts'
import { beginScan, endScan, engineStarted, startPageServer, store, type TestScan } from './page-server.ts'
import { longestTask, recordTasks } from './tasks.ts'

const dataDir = await temporaryDir()
const photosDir = join(dataDir, 'photos')
const PHOTOS = 600

/** What the page shows of a scan whose events a test stores one by one. */
inBrowser('the results of a search', ({ visit }) => {
  let server: LocalServer

  beforeAll(async () => {
    await mkdir(photosDir)
    const pixels = { width: 400, height: 300, channels: 3 as const, background: '#808080' }
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 }
    await sharp({ create: { ...pixels, noise } })
      .jpeg()
      .toFile(join(photosDir, '0.jpg'))
    await Promise.all(
      Array.from({ length: PHOTOS - 1 }, (_, index) =>
        link(join(photosDir, '0.jpg'), join(photosDir, `${index + 1}.jpg`)),
      ),
    )
    server = await startPageServer(dataDir, photosDir)
    await engineStarted(server)
  }, 60_000)
  afterAll(() => server?.close())

  const begin = (files: number) => beginScan(server.store.scans, files)
  const matches = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ file: `${first + index}.jpg`, distance: 0.3 }))
  const photos = (page: Page) => page.getByRole('list', { name: 'Photos of you' }).getByRole('listitem')
  const ofYou = (page: Page, count: number) =>
    page.getByRole('heading', { name: `${count} photo${count === 1 ? '' : 's'} of you`, exact: true })

  /** Opens the page as somebody who started the scan in this browser. */
  async function follow(page: Page, scan: TestScan) {
    await page.goto(`${server.url}/icon.svg`)
    await page.evaluate((stored) => localStorage.setItem('scan', stored), JSON.stringify(scan))
    await page.goto(server.url)
  }

  test('a reload shows the same photos again, once each, and goes on', async () => {
    const scan = await begin(6)
    await store(server, scan, 0, [...matches(0, 2), { file: '2.jpg', status: 'no_match' }])
    const page = await visit()
    await follow(page, scan)
    await ofYou(page, 2).waitFor()
    await page.reload()
    await ofYou(page, 2).waitFor()
    await store(server, scan, 3, [...matches(3, 1), { file: '4.jpg', status: 'no_face_found' }])
    await page.getByText('5 of 6 photos').waitFor()
    await store(server, scan, 5, [{ file: '5.jpg', error: 'The file is damaged.' }])
    await endScan(server, scan)
    await page.getByText('All 6 photos were looked through.').waitFor()
    expect(await photos(page).count()).toBe(3)
    const counts = await page.locator('.counts dd').allInnerTexts()
    expect(counts.map((count) => count.replace(/\D.*/s, ''))).toEqual(['3', '1', '1', '1'])
  })

  test('an answer that fails once while there are no sockets does not end the search', async () => {
    const scan = await begin(2)
    await store(server, scan, 0, matches(0, 2))
    await endScan(server, scan)
    const page = await visit()
    await page.routeWebSocket(/ws\/updates/, (socket) => socket.close({ code: 1011 }))
    await page.route(`**/scan/${scan.scan_id}/status`, (route) => route.fulfill({ status: 503 }), {
      times: 1,
    })
    await follow(page, scan)
    await page.getByText('All 2 photos were looked through.').waitFor()
    expect(await photos(page).count()).toBe(2)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test.each([503, 429])(
    'photos found before the token expired come although the first answer is %i',
    async (status) => {
      const before = await begin(1)
      await store(server, before, 0, matches(0, 1))
      await endScan(server, before, 'token_expired')
      const scan = await begin(2)
      await store(server, scan, 0, matches(1, 1))
      const page = await visit()
      await page.route(`**/scan/${before.scan_id}/matches?*`, (route) => route.fulfill({ status }), {
        times: 1,
      })
      await follow(page, { ...scan, previous: [before] })
      await ofYou(page, 2).waitFor()
    },
  )

  test('a scan that is gone says so, and leaves the way to a new one', async () => {
    const scan = await begin(3)
    const page = await visit()
    await follow(page, scan)
    await page.getByText('Photos appear here').waitFor()
    await server.store.scans.erase(scan.scan_id)
    await page.getByRole('heading', { name: 'This search is over' }).waitFor()
    await page.getByRole('button', { name: 'New search' }).click()
    await page.getByRole('heading', { name: 'Find your photos' }).waitFor()

    await follow(page, scan)
    await page.getByRole('heading', { name: 'This search is over' }).waitFor()
    await follow(page, { ...scan, started_at: Date.now() - 8 * 3_600_000 })
    await page.getByRole('heading', { name: 'Find your photos' }).waitFor()
  })

  test('nobody found says what may help', async () => {
    const scan = await begin(1)
    await store(server, scan, 0, [{ file: '0.jpg', status: 'no_match' }])
    await endScan(server, scan)
    const page = await visit()
    await follow(page, scan)
    await page.getByText('Another selfie may help').waitFor()
  })

  test('everything is reached by keyboard, and the focus comes back', async () => {
    const scan = await begin(3)
    await store(server, scan, 0, matches(0, 3))
    await endScan(server, scan)
    const page = await visit()
    await follow(page, scan)
    await ofYou(page, 3).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

    await page.getByRole('button', { name: 'Open 0.jpg' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: '0.jpg' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('dialog', { name: '1.jpg' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused()).toMatch(/^Open 0\.jpg/)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Select 0.jpg')
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Download 1 as ZIP' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toMatch(/^Open 1\.jpg/)
  })

  test('hundreds of photos arrive and scroll without a task over 200 ms, and nothing moves', async () => {
    const scan = await begin(PHOTOS)
    await store(server, scan, 0, matches(0, 300))
    const page = await visit({ size: 'phone' })
    const stop = await recordTasks(page)
    await follow(page, scan)
    await photos(page).nth(299).waitFor({ state: 'attached' })
    await store(server, scan, 300, matches(300, 300))
    await endScan(server, scan)
    await photos(page)
      .nth(PHOTOS - 1)
      .waitFor({ state: 'attached' })
    await page.evaluate(async () => {
      const { scrollHeight } = document.documentElement
      for (let top = 0; top < scrollHeight; top += 1200) {
        window.scrollTo(0, top)
        await new Promise(requestAnimationFrame)
      }
    })
    await page.getByRole('button', { name: 'Select all' }).click()
    await page.getByRole('button', { name: `Download ${PHOTOS} as ZIP` }).waitFor()
    const shifts = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & {
              value: number
              hadRecentInput: boolean
            })[])
              if (!entry.hadRecentInput) sum += entry.value
          }).observe({ type: 'layout-shift', buffered: true })
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
        }),
    )
    const task = longestTask(await stop())
    expect(shifts).toBeLessThan(0.02)
    expect(task).toBeLessThan(200)
    expect(await photos(page).count()).toBe(PHOTOS)
  }, 60_000)
})
