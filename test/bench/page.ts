import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import {
  beginScan,
  endScan,
  engineStarted,
  followScan,
  noisePhotos,
  startPageServer,
  store,
} from '../functions/web/page-server.ts'
import { findChromium, launchChromium } from '../run/chromium.ts'
import { check, median, round } from './measure.ts'
import { recordTasks, taskTimes } from './page-tasks.ts'

/** A phone's screen. */
const VIEWPORT = { width: 360, height: 740 }
const TURNS = 5

/** A cheap phone's processor is so many times slower than this one. */
const SLOWER = 4
/** Milliseconds from which on a task holds up the page. */
const LONG_TASK = 50

interface Turn extends FirstVisit {
  /** Milliseconds of processor time. */
  arriving: number
  long: number
  atOnce: number
}

interface FirstVisit {
  /** Milliseconds until the page shows something, with the processor slowed down. */
  paint: number
  /** What is loaded until then, in bytes as they are sent. */
  weight: number
}

/**
 * Compares the page's longest task while photos arrive and are scrolled through with adding all the cards at once, and counts those
 * that would be long on a slower processor. Measures when an empty page is painted and what it weighs.
 */
export async function benchPage({ photos, json }: { photos: string; json?: boolean }): Promise<void> {
  const count = Number(photos)
  const executable = findChromium()
  if (!executable) throw new Error('This needs Chromium: apt-get install chromium')
  const dir = await mkdtemp(join(tmpdir(), 'bench-page-'))
  // Progress goes to standard error, since it takes minutes.
  console.error(`Making ${count} photos`)
  await noisePhotos(join(dir, 'photos'), count)
  const server = await startPageServer(dir, join(dir, 'photos'))
  const browser = await launchChromium(executable)
  const turns: Turn[] = []
  try {
    await engineStarted(server)
    const scan = await beginScan(server.store.scans, count)
    const found = Array.from({ length: count }, (_, index) => ({ file: `${index}.jpg`, distance: 0.3 }))
    await store(server, scan, 0, found)
    await endScan(server, scan)
    for (let turn = 0; turn < TURNS; turn++) {
      console.error(`Showing them: ${turn + 1} of ${TURNS}`)
      const page = await open(browser)
      await page.addInitScript(walkWhenThere, count)
      const stop = await recordTasks(page)
      await followScan(page, server.url, scan)
      // One call, since each holds up the page itself.
      await page.evaluate(() => window.walked)
      const times = taskTimes(await stop())
      const arriving = Math.max(...times)
      const long = times.filter((time) => SLOWER * time > LONG_TASK).length
      check((await cards(page).count()) === count, 'every photo is shown once')
      const list = await page.locator('.photos').evaluate((element) => element.outerHTML)
      await page.context().close()

      const peer = await open(browser)
      await peer.goto(server.url)
      const stopPeer = await recordTasks(peer)
      await peer.locator('main').evaluate((main, html) => {
        main.innerHTML = html
      }, list)
      await scrollThrough(peer)
      const atOnce = Math.max(...taskTimes(await stopPeer()))
      turns.push({ arriving, long, atOnce, ...(await visitFirst(browser, server.url)) })
      check((await cards(peer).count()) === count, 'the peer shows the same cards')
      await peer.context().close()
    }
  } finally {
    await browser.close()
    await server.close()
    await rm(dir, { recursive: true, maxRetries: 10 })
  }

  const typical = (of: keyof Turn) => median(turns.map((turn) => turn[of]))
  const figures = {
    photos: count,
    'longest task, ms': round(typical('arriving')),
    [`tasks over ${LONG_TASK} ms at a quarter of the speed`]: typical('long'),
    'all cards at once, ms': round(typical('atOnce')),
    ratio: round(typical('arriving') / typical('atOnce'), 2),
    'first paint at a quarter of the speed, ms': round(typical('paint')),
    'page, kB': round(typical('weight') / 1000),
  }
  if (json) console.log(JSON.stringify(figures))
  else console.table([figures])
}

async function open(browser: Browser): Promise<Page> {
  // The cards that are added at once have inline styles, which the page's policy forbids.
  const context = await browser.newContext({
    viewport: VIEWPORT,
    isMobile: true,
    hasTouch: true,
    bypassCSP: true,
  })
  return context.newPage()
}

const cards = (page: Page) => page.locator('.photo')

declare global {
  interface Window {
    /** Resolves when the page has been scrolled through. */
    walked: Promise<void>
  }
}

/** Runs in the page: scrolls a screen in each frame, once all photos are there. */
function walkWhenThere(photos: number): void {
  const { promise, resolve } = Promise.withResolvers<void>()
  window.walked = promise
  let top = 0
  const step = () => {
    scrollTo(0, top)
    if (document.documentElement.scrollTop < top) return resolve()
    top += innerHeight
    requestAnimationFrame(step)
  }
  addEventListener('DOMContentLoaded', () => {
    const seen = new MutationObserver(() => {
      if (document.getElementsByClassName('photo').length < photos) return
      seen.disconnect()
      requestAnimationFrame(step)
    })
    seen.observe(document.body, { childList: true, subtree: true })
  })
}

async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { scrollHeight } = document.documentElement
    for (let top = 0; top < scrollHeight; top += innerHeight) {
      window.scrollTo(0, top)
      await new Promise(requestAnimationFrame)
    }
  })
}

async function visitFirst(browser: Browser, url: string): Promise<FirstVisit> {
  const page = await open(browser)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await devtools.send('Network.enable')
  let weight = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    weight += encodedDataLength
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  )
  await page.context().close()
  return { paint, weight }
}
