import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import type { LocalServer } from '../../../../functions/local/server.ts'
import ar from '../../../../functions/web/text/ar.ts'
import de from '../../../../functions/web/text/de.ts'
import { formatsOf } from '../../../../functions/web/text/formats.ts'
import { temporaryDataDir } from '../../../sample.ts'
import { inBrowser, pageErrors } from '../browser.ts'
import { text as english } from '../english.ts'
import {
  beginScan,
  endScan,
  engineStarted,
  followScan,
  noisePhotos,
  startPageServer,
  store,
} from '../page-server.ts'

const dataDir = await temporaryDataDir()
const photosDir = join(dataDir, 'photos')
const german = de(formatsOf('de-DE'))
const arabic = ar(formatsOf('ar-EG'))

const html = (page: Page) =>
  page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }))

/** Whether the page is wider than the screen, at a phone's width and at the narrowest that has to do. */
async function overflows(page: Page): Promise<number[]> {
  const wider: number[] = []
  for (const width of [180, 360]) {
    await page.setViewportSize({ width, height: 740 })
    await page.waitForFunction((width) => document.documentElement.clientWidth === width, width)
    // Not innerWidth, which grows with the page on a phone.
    const needed = await page.evaluate(() => document.documentElement.scrollWidth)
    if (needed > width) wider.push(needed)
  }
  return wider
}

/** Follows a search of 1,234 photos that has found the guest on two. */
async function followSearch(server: LocalServer, page: Page): Promise<void> {
  const scan = await beginScan(server.store.scans, 1234)
  await store(server, scan, 0, [
    { file: '0.jpg', distance: 0.3 },
    { file: '1.jpg', distance: 0.31 },
    { file: '2.jpg', error: 'The file is damaged.' },
  ])
  await endScan(server, scan)
  await followScan(page, server.url, scan)
}

inBrowser('the languages of the page', ({ visit }) => {
  let server: LocalServer

  beforeAll(async () => {
    await noisePhotos(photosDir, 3)
    server = await startPageServer(dataDir, photosDir)
    await engineStarted(server)
  })
  afterAll(() => server?.close())

  test('German: only its file is loaded, long words stay on the screen, and numbers are German', async () => {
    const page = await visit({ size: 'phone', locale: 'de-DE' })
    const errors = pageErrors(page)
    const loaded: string[] = []
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
    await page.goto(server.url)
    await page.getByRole('heading', { name: german.find.heading }).waitFor()
    expect(await html(page)).toEqual({ lang: 'de', dir: 'ltr' })
    expect(loaded.filter((path) => /^\/assets\/[a-z]{2}-/.test(path))).toEqual([
      expect.stringMatching(/\/de-/),
    ])
    for (const tab of [german.find.tab, german.handOut.tab, german.albums.tab]) {
      await page.getByRole('link', { name: tab }).click()
      expect([tab, await overflows(page)]).toEqual([tab, []])
    }
    const running = await beginScan(server.store.scans, 1234)
    await store(server, running, 0, [{ file: '0.jpg', distance: 0.3 }])
    await followScan(page, server.url, running)
    const photo = page.locator('.photo')
    const before = await photo.boundingBox()
    await page.getByRole('button', { name: german.scan.stop, exact: true }).click()
    await page.getByText(german.scan.stopped(1, 1234), { exact: true }).waitFor()
    expect([before?.width, await photo.boundingBox()]).toEqual([160, before])
    await followSearch(server, page)
    await page.getByText('1.234 Fotos durchsucht.').waitFor()
    await page.getByText(german.scan.showErrors).click()
    await page.getByText(german.reasons.not_an_image).waitFor()
    expect(await overflows(page)).toEqual([])
    expect(errors).toEqual([])
  })

  test('Arabic: from right to left, with its number forms, arrows and keys mirrored, until English is chosen', async () => {
    const page = await visit({ size: 'phone', locale: 'ar-EG' })
    await followSearch(server, page)
    await page.getByRole('heading', { name: 'صورتان لك' }).waitFor()
    await page.getByText(arabic.scan.done(1234)).waitFor()
    expect(await html(page)).toEqual({ lang: 'ar', dir: 'rtl' })
    expect(await overflows(page)).toEqual([])
    const photos = page.locator('.photo-open')
    const [first, second] = [await photos.nth(0).boundingBox(), await photos.nth(1).boundingBox()]
    expect(first?.x).toBeGreaterThan(second?.x ?? Number.POSITIVE_INFINITY)
    await photos.nth(0).click()
    const name = page.getByRole('dialog').getByRole('heading')
    expect([await name.textContent(), await name.getAttribute('dir')]).toEqual(['0.jpg', 'auto'])
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('heading', { name: '1.jpg' }).waitFor()
    expect(await overflows(page)).toEqual([])
    const arrows = page.locator('.steps button')
    const [previous, next] = [await arrows.nth(0).boundingBox(), await arrows.nth(1).boundingBox()]
    expect(previous?.x).toBeGreaterThan(next?.x ?? Number.POSITIVE_INFINITY)
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: arabic.language }).selectOption('English')
    await page.getByText(english.scan.done(1234)).waitFor()
    expect(await html(page)).toEqual({ lang: 'en', dir: 'ltr' })
    await page.reload()
    await page.getByText(english.scan.done(1234)).waitFor()
  })
})
