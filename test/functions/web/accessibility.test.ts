import { afterAll, beforeAll, expect, test } from '@jest/globals'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { temporaryDir } from '../../temporary-dir.ts'
import { inBrowser, SIZES, THEMES } from './browser.ts'
import { openScreens, type Screens, walkScreens } from './screens.ts'

const dataDir = await temporaryDir()
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }

/** Everything axe finds wrong, as rule and element. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const found = await page.evaluate(
    (rules) => (window as unknown as { axe: typeof axe }).axe.run(document, rules as axe.RunOptions),
    RULES,
  )
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

const sizes = Object.keys(SIZES) as (keyof typeof SIZES)[]

inBrowser('axe finds nothing', ({ visit }) => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(dataDir)
  }, 120_000)
  afterAll(() => screens?.close())

  test.each(sizes.flatMap((size) => THEMES.map((theme) => [size, theme] as const)))(
    'on any screen: %s, %s',
    async (size, theme) => {
      const found: Record<string, string[]> = {}
      const seen: string[] = []
      await walkScreens(
        (options) => visit({ size, theme, ...options }),
        screens,
        async (name, page) => {
          seen.push(name)
          const wrong = await violations(page)
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
          if (wide) wrong.push('wider than the screen')
          if (wrong.length > 0) found[name] = wrong
        },
      )
      expect(found).toEqual({})
      expect(seen).toHaveLength(17)
    },
    120_000,
  )
})
