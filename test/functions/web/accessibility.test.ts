import { afterAll, beforeAll, expect, test } from '@jest/globals'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { sample, temporaryDataDir } from '../../sample.ts'
import { walkAlbumScreens } from './album-screens.ts'
import { inBrowser, SIZES } from './browser.ts'
import { openScreens, type Screens, walkScreens } from './screens.ts'

const dataDir = await temporaryDataDir()
/** Every rule at a phone's size; on a larger screen only what depends on size and position can differ. */
const RULES = {
  phone: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  desk: ['color-contrast', 'target-size', 'scrollable-region-focusable', 'meta-viewport'],
}

/** Violations found by axe, as rule and element. */
async function violations(page: Page, runOnly: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const found = await page.evaluate(
    (options) => (window as unknown as { axe: typeof axe }).axe.run(document, options as axe.RunOptions),
    { runOnly, resultTypes: ['violations'] },
  )
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

inBrowser('axe finds nothing', ({ visit }) => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(dataDir, await sample())
  }, 60_000)
  afterAll(() => screens?.close())

  test.each(Object.keys(SIZES) as (keyof typeof SIZES)[])(
    'on any screen in either theme: %s',
    async (size) => {
      const found: Record<string, string[]> = {}
      const seen: string[] = []
      async function look(name: string, page: Page) {
        seen.push(name)
        const wrong = await violations(page, RULES[size])
        // The themes differ in their colours only.
        await page.emulateMedia({ colorScheme: 'dark' })
        wrong.push(...(await violations(page, ['color-contrast'])).map((found) => `dark ${found}`))
        await page.emulateMedia({ colorScheme: 'light' })
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
          wrong.push('wider than the screen')
        }
        if (wrong.length > 0) found[name] = wrong
      }
      for (const walk of [walkScreens, walkAlbumScreens]) {
        await walk((options) => visit({ size, ...options }), screens, look)
      }
      expect(found).toEqual({})
      expect(seen).toHaveLength(29)
    },
    120_000,
  )
})
