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
import { longestTask, recordTasks } from './page-tasks.ts'

/** A phone's screen. */
const VIEWPORT = { width: 360, height: 740 }
const TURNS = 5

interface Turn {
  arriving: number
  atOnce: number
}

/** Compares the page's longest task while photos arrive and are scrolled through with adding all the cards at once. */
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
      const stop = await recordTasks(page)
      await followScan(page, server.url, scan)
      await cards(page)
        .nth(count - 1)
        .waitFor({ state: 'attached' })
      await scrollThrough(page)
      const arriving = longestTask(await stop())
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
      turns.push({ arriving, atOnce: longestTask(await stopPeer()) })
      check((await cards(peer).count()) === count, 'the peer shows the same cards')
      await peer.context().close()
    }
  } finally {
    await browser.close()
    await server.close()
    await rm(dir, { recursive: true, maxRetries: 10 })
  }

  const [arriving, atOnce] = [
    median(turns.map((turn) => turn.arriving)),
    median(turns.map((turn) => turn.atOnce)),
  ]
  const figures = {
    photos: count,
    'longest task, ms': round(arriving),
    'all cards at once, ms': round(atOnce),
    ratio: round(arriving / atOnce, 2),
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

const cards = (page: Page) => page.locator('.photos > li')

async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { scrollHeight } = document.documentElement
    for (let top = 0; top < scrollHeight; top += 1200) {
      window.scrollTo(0, top)
      await new Promise(requestAnimationFrame)
    }
  })
}
