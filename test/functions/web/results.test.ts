import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import type { LocalServer } from '../../../functions/local/server.ts'
import { END } from '../../../shared/contract/events.ts'
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
  suggest,
  type TestScan,
} from './page-server.ts'

const dataDir = await temporaryDataDir()
const photosDir = join(dataDir, 'photos')
const PHOTOS = 600

interface Seen {
  /** Photos added by each frame that added any. */
  perFrame: number[]
  /** Cumulative layout shift without user input, as the browser scores it. */
  shifts: number
}
declare global {
  interface Window {
    seen: () => Seen
  }
}

/** Runs in the page. */
function watchFrames(): void {
  const seen: Seen = { perFrame: [], shifts: 0 }
  let added = 0
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof Element) {
        added += node.matches('.photo') ? 1 : node.querySelectorAll('.photo').length
      }
    }
  }).observe(document, { childList: true, subtree: true })
  const frame = () => {
    if (added > 0) seen.perFrame.push(added)
    added = 0
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  const addShifts = (entries: PerformanceEntryList) => {
    for (const entry of entries as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
      if (!entry.hadRecentInput) seen.shifts += entry.value
    }
  }
  const shifts = new PerformanceObserver((list) => addShifts(list.getEntries()))
  shifts.observe({ type: 'layout-shift' })
  window.seen = () => {
    addShifts(shifts.takeRecords())
    return seen
  }
}

/** The page follows a scan whose events the tests store one by one. */
inBrowser('the results of a search', ({ visit }) => {
  let server: LocalServer

  beforeAll(async () => {
    await noisePhotos(photosDir, PHOTOS)
    server = await startPageServer(dataDir, photosDir)
    await engineStarted(server)
  })
  afterAll(() => server?.close())

  const begin = (files: number) => beginScan(server.store.scans, files)
  const matches = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ file: `${first + index}.jpg`, distance: 0.3 }))
  const photos = (page: Page) => page.getByRole('list', { name: text.photo.list }).getByRole('listitem')
  const ofYou = (page: Page, count: number) =>
    page.getByRole('heading', { name: `${count} photo${count === 1 ? '' : 's'} of you`, exact: true })

  const follow = (page: Page, scan: TestScan) => followScan(page, server.url, scan)

  test('a reload shows the same photos again, once each, and the search continues', async () => {
    const scan = await begin(6)
    await store(server, scan, 0, [...matches(0, 2), { file: '2.jpg', status: 'no_match' }])
    const page = await visit()
    await follow(page, scan)
    await ofYou(page, 2).waitFor()
    await page.reload()
    await ofYou(page, 2).waitFor()
    await store(server, scan, 3, [...matches(3, 1), { file: '4.jpg', status: 'no_face_found' }])
    await page.getByText(text.scan.counted(5, 6)).waitFor()
    await store(server, scan, 5, [{ file: '5.jpg', error: 'The file is damaged.' }])
    await endScan(server, scan)
    await page.getByText(text.scan.done(6)).waitFor()
    expect(await photos(page).count()).toBe(3)
    const counts = await page.locator('.counts dd').allInnerTexts()
    expect(counts.map((count) => count.replace(/\D.*/s, ''))).toEqual(['3', '1', '1', '1'])
  })

  test('uncertain photos wait for the guest, whose word moves them, survives a reload and can be taken back', async () => {
    const scan = await begin(4)
    await store(server, scan, 0, [
      ...matches(0, 2),
      ...[2, 3].map((n) => ({ file: `${n}.jpg`, status: 'no_match' as const })),
    ])
    await suggest(server, scan, [
      { file: '1.jpg', certainty: 'look_alike' },
      { file: '2.jpg', certainty: 'possible' },
      { file: '3.jpg', certainty: 'possible' },
    ])
    await endScan(server, scan)
    const page = await visit()
    await follow(page, scan)
    await ofYou(page, 1).waitFor()
    const maybe = page.getByRole('list', { name: text.maybe.list }).getByRole('listitem')
    await page
      .getByRole('button', { name: text.photo.open('1.jpg', text.certainty.look_alike.short) })
      .waitFor()
    await maybe.nth(2).waitFor()
    expect(await maybe.count()).toBe(3)

    await page.getByRole('button', { name: text.maybe.meName('2.jpg') }).click()
    await ofYou(page, 2).waitFor()
    await page
      .getByRole('button', { name: text.photo.open('2.jpg', text.certainty.confirmed.short) })
      .waitFor()
    await page.getByRole('button', { name: text.maybe.notMeName('1.jpg') }).click()
    await page.getByText(text.maybe.refused(1)).waitFor()
    expect(await maybe.count()).toBe(1)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('maybe')

    await page.reload()
    await ofYou(page, 2).waitFor()
    await page.getByText(text.maybe.refused(1)).waitFor()
    await page.getByRole('button', { name: text.maybe.meName('3.jpg') }).waitFor()
    expect(await maybe.count()).toBe(1)
    await page.getByRole('button', { name: text.maybe.undoConfirmed }).click()
    await ofYou(page, 1).waitFor()
    await page.getByRole('button', { name: text.maybe.undo }).click()
    await page.getByRole('button', { name: text.maybe.meName('1.jpg') }).waitFor()
    expect(await maybe.count()).toBe(3)
  })

  test('without WebSockets, one failed status request does not end the search', async () => {
    const scan = await begin(2)
    await store(server, scan, 0, matches(0, 2))
    await endScan(server, scan)
    const page = await visit()
    await page.routeWebSocket(/ws\/updates/, (socket) => socket.close({ code: 1011 }))
    await page.route(`**/scan/${scan.scan_id}/status`, (route) => route.fulfill({ status: 503 }), {
      times: 1,
    })
    await follow(page, scan)
    await page.getByText(text.scan.done(2)).waitFor()
    expect(await photos(page).count()).toBe(2)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test.each([503, 429])(
    'photos found before the token expired appear even if the first response is %i',
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

  test('a deleted scan is reported as such, and a new search can be started', async () => {
    const scan = await begin(3)
    const page = await visit()
    await follow(page, scan)
    await page.getByText(text.scan.waiting).waitFor()
    await server.store.scans.erase(scan.scan_id)
    await page.getByRole('heading', { name: text.scan.goneHeading }).waitFor()
    await page.getByRole('button', { name: text.scan.newSearch }).click()
    await page.getByRole('heading', { name: text.find.heading }).waitFor()

    await follow(page, scan)
    await page.getByRole('heading', { name: text.scan.goneHeading }).waitFor()
    await follow(page, { ...scan, started_at: Date.now() - 8 * 3_600_000 })
    await page.getByRole('heading', { name: text.find.heading }).waitFor()
  })

  test('thumbnails are fetched as they come near, and the key is in no address', async () => {
    const scan = await begin(200)
    await storeThumbnails(
      server,
      Array.from({ length: 200 }, (_, index) => `${index}.jpg`),
    )
    await store(server, scan, 0, matches(0, 200))
    await endScan(server, scan)
    const page = await visit({ size: 'phone' })
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    page.on('websocket', (socket) => addresses.push(socket.url()))
    const fetched = () => addresses.filter((address) => address.endsWith('/thumbnail'))
    const widthOf = (index: number) =>
      photos(page)
        .nth(index)
        .locator('img')
        .evaluate((picture: HTMLImageElement) => picture.decode().then(() => picture.naturalWidth))
    await follow(page, scan)
    await ofYou(page, 200).waitFor()
    expect(await widthOf(0)).toBe(32)
    expect(fetched().length).toBeLessThan(100)
    await photos(page).nth(199).scrollIntoViewIfNeeded()
    expect(await widthOf(199)).toBe(32)
    // What has been scrolled past is not fetched again.
    await photos(page).nth(0).scrollIntoViewIfNeeded()
    expect(await widthOf(0)).toBe(32)
    expect(new Set(fetched()).size).toBe(fetched().length)
    expect(addresses.some((address) => address.includes('/ws/updates?scan_id='))).toBe(true)
    expect(addresses.filter((address) => address.includes(scan.scan_key))).toEqual([])
  })

  test('Stop keeps what was found and says until when; deleting it is another button', async () => {
    const scan = await begin(3)
    await store(server, scan, 0, matches(0, 1))
    const page = await visit({ size: 'phone' })
    await follow(page, scan)
    await ofYou(page, 1).waitFor()
    const before = await photos(page).first().boundingBox()
    const stop = page.getByRole('button', { name: text.scan.stop, exact: true })
    await page.getByText(text.scan.keptAfter).waitFor()
    await page.route('**/stop', (route) => route.abort(), { times: 1 })
    await stop.click()
    await page.getByRole('alert').getByText(text.errors.unreachable).waitFor()
    await stop.click()
    await page.getByText(text.scan.stopped(1, 3), { exact: true }).waitFor()
    expect(await stop.count()).toBe(0)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await page
      .getByRole('status')
      .getByText(`${text.scan.stopped(1, 3)} ${text.scan.headingDone(1)}`)
      .waitFor()
    const end = await server.store.scans.event(scan.scan_id, END)
    const kept = text.scan.kept(new Date(Date.parse(end?.at ?? '') + 3_600_000))
    await page.getByText(kept).waitFor()
    expect(await photos(page).first().boundingBox()).toEqual(before)

    // Without live updates nothing says how many were searched, nor when it ended: the browser knows from before.
    await page.evaluate(() => {
      const [scan] = JSON.parse(localStorage.getItem('searches') ?? '[]')
      localStorage.setItem('searches', JSON.stringify([{ ...scan, ended_at: scan.ended_at - 600_000 }]))
    })
    await page.routeWebSocket(/ws\/updates/, (socket) => socket.close({ code: 1011 }))
    await page.reload()
    await page.getByText(text.scan.stoppedEarly, { exact: true }).waitFor()
    await page.getByText(text.scan.kept(new Date(Date.parse(end?.at ?? '') + 3_000_000))).waitFor()
    expect(await photos(page).count()).toBe(1)

    await page.getByRole('button', { name: text.scan.erase }).click()
    await page.getByRole('dialog').getByRole('button', { name: text.scan.eraseConfirm }).click()
    await page.getByRole('heading', { name: text.find.heading }).waitFor()
    expect(await server.store.scans.get(scan.scan_id)).toBeUndefined()
  })

  test('the searches of the last hour are listed with the form, open again, and go away in one tap that can be undone', async () => {
    const [ended, running, erased] = [await begin(3), await begin(3), await begin(3)]
    await store(server, ended, 0, matches(0, 2))
    await endScan(server, ended)
    await server.store.scans.erase(erased.scan_id)
    const page = await visit({ size: 'phone' })
    await page.clock.install()
    await page.goto(`${server.url}/icon.svg`)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const root = { ...ended, link: 'local:/', started_at: ended.started_at + 1 }
    const overdue = { ...erased, scan_id: 'overdue', started_at: erased.started_at - 8 * 3_600_000 }
    await page.evaluate(
      (searches) => localStorage.setItem('searches', JSON.stringify(searches)),
      [root, running, erased, overdue],
    )
    await page.goto(server.url)
    const list = page.getByRole('region', { name: text.earlier.heading })
    const items = list.getByRole('listitem')
    const { expire_at = 0 } = (await server.store.scans.get(ended.scan_id)) ?? {}
    await items.first().getByText(text.source.all).waitFor()
    await items.first().getByText(text.scan.headingDone(2)).waitFor()
    await items
      .first()
      .getByText(text.scan.kept(new Date(expire_at)))
      .waitFor()
    await items.nth(1).getByText(text.scan.heading(0)).waitFor()
    expect(await items.count()).toBe(2)
    expect(asked.filter((address) => address.includes('overdue'))).toEqual([])
    await store(server, running, 0, matches(0, 1))
    await endScan(server, running)
    await page.clock.fastForward(5_000)
    await items.nth(1).getByText(text.scan.headingDone(1)).waitFor()

    await items
      .nth(1)
      .getByRole('button', { name: text.scan.headingDone(1) })
      .click()
    await ofYou(page, 1).waitFor()
    await page.goBack()
    await list.getByRole('button', { name: text.earlier.remove(text.source.all) }).click()
    await list.getByText(text.earlier.removed(1)).waitFor()
    expect(await items.count()).toBe(1)
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    expect(await focused()).toBe(text.maybe.undoConfirmed)
    await list.getByRole('button', { name: text.earlier.clear }).click()
    await list.getByText(text.earlier.removed(2)).waitFor()
    expect(await focused()).toBe(text.maybe.undoConfirmed)
    await list.getByRole('button', { name: text.maybe.undoConfirmed }).click()
    await items.nth(1).waitFor()
    await page.clock.fastForward(60_000)
    expect(await server.store.scans.get(ended.scan_id)).toBeDefined()

    const deleted = (scan: TestScan) =>
      page.waitForResponse((response) => response.url().endsWith(scan.scan_id) && response.status() === 204)
    await list.getByRole('button', { name: text.earlier.remove(text.source.all) }).click()
    await list.getByText(text.earlier.removed(1)).waitFor()
    // Another tab leaves alone what this one offers to bring back.
    const other = await page.context().newPage()
    await other.goto(server.url)
    await other.getByRole('list').getByText(text.scan.headingDone(1)).waitFor()
    await other.close()
    expect(await server.store.scans.get(ended.scan_id)).toBeDefined()
    // Whoever closes the page has no time left.
    await Promise.all([deleted(ended), page.reload()])
    await list.getByRole('button', { name: text.earlier.clear }).click()
    await list.getByText(text.earlier.removed(1)).waitFor()
    await Promise.all([deleted(running), page.clock.fastForward(15_000)])
    await list.waitFor({ state: 'detached' })
    await page.waitForFunction(() => localStorage.length === 0)
  })

  test('without any match, the page says what may help, also where its clock is a day ahead, until another tab deletes the search', async () => {
    const scan = await begin(1)
    await store(server, scan, 0, [{ file: '0.jpg', status: 'no_match' }])
    await endScan(server, scan)
    const page = await visit()
    const tomorrow = Date.now() + 24 * 3_600_000
    await page.context().clock.install({ time: tomorrow })
    await follow(page, { ...scan, started_at: tomorrow })
    const results = (tab: Page) => tab.getByText(text.scan.nothing).waitFor()
    await results(page)
    await page.reload()
    await results(page)
    const other = await page.context().newPage()
    await other.goto(server.url)
    await results(other)
    await other.getByRole('button', { name: text.scan.erase }).click()
    await other.getByRole('dialog').getByRole('button', { name: text.scan.eraseConfirm }).click()
    await page.getByRole('heading', { name: text.scan.goneHeading }).waitFor()
  })

  test('photos are shared as far as browsers take them at once (navigator.share is a stand-in)', async () => {
    await writeFile(join(photosDir, 'huge.jpg'), '')
    await truncate(join(photosDir, 'huge.jpg'), 50 * 1024 * 1024 + 1)
    const scan = await begin(11)
    await store(server, scan, 0, [{ file: 'huge.jpg', distance: 0.3 }, ...matches(1, 10)])
    await endScan(server, scan)
    const page = await visit({
      before: () =>
        Object.assign(navigator, {
          canShare: () => true,
          share: async ({ files }: { files: File[] }) => {
            const { shared = '' } = document.body.dataset
            document.body.dataset.shared = `${shared}${files.map(({ name }) => name).join(' ')};`
            // As long after a tap, or where the browser refuses for good.
            if (files[0]?.name === '2.jpg') throw new DOMException('', 'NotAllowedError')
          },
        }),
    })
    await follow(page, scan)
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    const pick = (file: string) => page.getByRole('checkbox', { name: text.photo.select(file) })
    const told = (message: string) => page.getByRole('alert').getByText(message).waitFor()
    await pick('1.jpg').check()
    await button(text.share.share).click()
    await page.locator('body[data-shared="1.jpg;"]').waitFor()
    await pick('1.jpg').uncheck()
    await pick('2.jpg').check()
    await button(text.share.share).click()
    await button(text.share.now).click()
    await told(text.share.failed)
    await pick('huge.jpg').check()
    await button(text.share.share).click()
    await told(text.share.tooLarge(2))
    await button(text.selection.download(2)).waitFor()
    await button(text.selection.all).click()
    await button(text.share.share).click()
    await told(text.share.tooMany(10))
    expect(await page.evaluate(() => document.body.dataset.shared)).toBe('1.jpg;2.jpg;2.jpg;')
  })

  test('everything can be used by keyboard, and the focus is restored', async () => {
    const scan = await begin(3)
    await store(server, scan, 0, matches(0, 3))
    await endScan(server, scan)
    await storeThumbnails(server, ['0.jpg', '1.jpg', '2.jpg'])
    const page = await visit()
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(request.url()))
    const slow = Promise.withResolvers<void>()
    await page.route('**/preview', (route) => slow.promise.then(() => route.continue()))
    await follow(page, scan)
    await ofYou(page, 3).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

    await page.getByRole('button', { name: 'Open 0.jpg' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: '0.jpg' }).waitFor()
    await page.keyboard.press('ArrowRight')
    const second = page.getByRole('dialog', { name: '1.jpg' }).getByRole('img', { name: '1.jpg' })
    await second.waitFor()
    const shown = () =>
      second.evaluate((picture: HTMLImageElement) =>
        picture.decode().then(() => [picture.naturalWidth, picture.clientWidth, picture.clientHeight]),
      )
    // The thumbnail at once, in the place of the preview, which comes later; the original only for a download.
    expect(await shown()).toEqual([32, 400, 300])
    slow.resolve()
    await page.locator('.photo-large img:not([aria-busy=true])').waitFor()
    expect(await shown()).toEqual([400, 400, 300])
    expect(fetched.filter((address) => address.includes('/drive/files/'))).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // Not the one that was opened first.
    expect(await focused()).toMatch(/^Open 1\.jpg/)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Select 1.jpg')
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: text.selection.download(1) }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toMatch(/^Open 2\.jpg/)
  })

  test.each([
    ['en-US', 'left'],
    ['ar', 'right'],
  ] as const)(
    'Back closes a photo, Forward and a reload show it again, and a swipe the next one (%s, to the %s)',
    async (locale, side) => {
      const scan = await begin(3)
      await store(server, scan, 0, matches(0, 3))
      await endScan(server, scan)
      const page = await visit({ size: 'phone', locale })
      await follow(page, scan)
      const photo = (name: string) => page.getByRole('dialog', { name })
      const touch = await page.context().newCDPSession(page)
      const length = await page.evaluate(() => history.length)

      await page.locator('.photo-open').first().click()
      await photo('0.jpg').waitFor()
      await page.waitForFunction(() => document.title === '0.jpg' && history.state?.photo)
      const frame = await page.locator('.photo-large').boundingBox()
      if (!frame) throw new Error('the photo has no frame')
      const y = frame.y + frame.height / 2
      const [from, to] = side === 'left' ? [250, 100] : [100, 250]
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: from, y }] })
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: to, y }] })
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      await photo('1.jpg').waitFor()
      await page.goBack()
      await photo('1.jpg').waitFor({ state: 'detached' })
      await page.goForward()
      await photo('1.jpg').waitFor()
      await page.reload()
      await photo('1.jpg').waitFor()
      await page.keyboard.press('Escape')
      await photo('1.jpg').waitFor({ state: 'detached' })
      await page.waitForFunction(() => !history.state?.depth && document.title.startsWith('(3)'))

      // On a busy phone a step takes a while: what has been opened meanwhile stays.
      const open = page.locator('.photo-open').first()
      const stepped = page.evaluate(() => {
        const go = history.go.bind(history)
        history.go = (by) => {
          Reflect.deleteProperty(history, 'go')
          setTimeout(() => go(by), 1_200)
        }
        return new Promise<void>((resolve) => addEventListener('popstate', () => resolve(), { once: true }))
      })
      await open.click()
      await photo('0.jpg').waitFor()
      await page.keyboard.press('Escape')
      await photo('0.jpg').waitFor({ state: 'detached' })
      await open.click()
      await stepped
      await page.waitForFunction(() => history.state?.photo)
      expect(await photo('0.jpg').count()).toBe(1)
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => !history.state?.depth)

      // A dialog that cannot come back leaves nothing behind.
      await page.locator('.scan-head .button-quiet').click()
      await page.getByRole('dialog').waitFor()
      await page.goBack()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.goForward()
      await page.waitForFunction(() => !history.state?.depth)
      expect(await page.getByRole('dialog').count()).toBe(0)
      expect(await page.evaluate(() => history.length)).toBe(length + 1)
      expect(page.url()).toBe(`${server.url}/`)
    },
  )

  test('hundreds of photos arrive a few per frame, and nothing moves', async () => {
    const scan = await begin(PHOTOS)
    await store(server, scan, 0, matches(0, 300))
    const page = await visit({ size: 'phone', before: watchFrames })
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
    await page.getByRole('button', { name: text.selection.all }).click()
    await page.getByRole('button', { name: text.selection.download(PHOTOS) }).waitFor()
    const { perFrame, shifts } = await page.evaluate(
      () =>
        new Promise<Seen>((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.seen())))
        }),
    )
    expect(perFrame.reduce((sum, count) => sum + count, 0)).toBe(PHOTOS)
    expect(Math.max(...perFrame)).toBeLessThanOrEqual(24)
    expect(shifts).toBeLessThan(0.02)
    expect(await photos(page).count()).toBe(PHOTOS)

    // What is out of sight is there for the keyboard, the search in the page and screen readers, but neither laid out nor painted.
    const isLaidOut = (index: number) =>
      photos(page)
        .nth(index)
        .evaluate((card) => card.checkVisibility({ contentVisibilityAuto: true }))
    expect([await isLaidOut(0), await isLaidOut(PHOTOS - 1)]).toEqual([false, true])
    const before = await page.evaluate(() => {
      scrollTo(0, 20_000)
      return scrollY
    })
    await page.reload()
    await page.waitForFunction((top) => Math.abs(scrollY - top) < 2, before)
    expect(before).toBeGreaterThan(10_000)
  })
})
