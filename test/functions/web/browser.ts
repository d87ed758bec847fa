import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Download, type Page } from 'playwright-core'
import { IN_CHROMIUM } from '../../run/browser-note.ts'
import { findChromium } from '../../run/chromium.ts'
import { shared } from '../../run/shared.ts'

export const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } } as const

export interface Visit {
  size?: keyof typeof SIZES
  permissions?: string[]
  /** What the browser asks for; English if it is not given. */
  locale?: string
  /** Leaves the pages before it open: another person's browser. */
  beside?: boolean
  /** Lets the page work offline: requests that a service worker makes do not pass through `page.route`. */
  offline?: boolean
  /** Runs in the page before its own scripts. */
  before?: () => void
}

export interface Visitor {
  /** Opens a page in a fresh context, without anything stored. Closes the previous ones, unless it is `beside` them. */
  visit(options?: Visit): Promise<Page>
}

/**
 * Defines tests that need Chromium, one for all test files of the run. Without Chromium tests are skipped with the
 * reason, in CI they fail.
 */
export function inBrowser(name: string, define: (visitor: Visitor) => void): void {
  const executable = findChromium()
  if (executable === undefined) {
    if (process.env.CI) {
      test(`${name}: Chromium is installed`, () => expect(executable).toBeDefined())
      return
    }
    describe.skip(name, () => test(IN_CHROMIUM, () => {}))
    return
  }
  describe(name, () => {
    let browser: Browser
    const contexts: BrowserContext[] = []

    beforeAll(async () => {
      browser = await chromium.connect(await shared('chromium'))
    })
    afterAll(() => browser?.close())

    define({
      async visit({ size = 'desk', permissions = [], locale = 'en-US', ...options } = {}) {
        const { beside = false, offline = false, before } = options
        if (!beside) await Promise.all(contexts.splice(0).map((context) => context.close()))
        const context = await browser.newContext({
          viewport: SIZES[size],
          colorScheme: 'light',
          reducedMotion: 'reduce',
          isMobile: size === 'phone',
          hasTouch: size === 'phone',
          permissions,
          locale,
          serviceWorkers: offline ? 'allow' : 'block',
        })
        contexts.push(context)
        // Before the limit of the test, since it says what was waited for.
        context.setDefaultTimeout(180_000)
        const page = await context.newPage()
        if (before) await page.addInitScript(before)
        return page
      },
    })
  })
}

/** The bytes of a download, as a stream: a browser that is connected to by WebSocket has no path to its files. */
export async function readDownload(download: Download): Promise<Buffer> {
  return Buffer.concat(await (await download.createReadStream()).toArray())
}

/** Collects the page's uncaught exceptions and its violations of the content security policy. */
export function pageErrors(page: Page): string[] {
  const list: string[] = []
  page.on('pageerror', (error) => list.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) list.push(message.text())
  })
  return list
}
