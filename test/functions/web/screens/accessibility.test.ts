import { afterAll, beforeAll, expect, test } from '@jest/globals'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { sample, temporaryDataDir } from '../../../sample.ts'
import { inBrowser, SIZES } from '../browser.ts'
import { walkAlbumScreens } from './album-screens.ts'
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

/** Pictures and codes that are shown in other proportions than their own. */
function stretched(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLImageElement>('img:not(.cropped)')]
      .filter((image) => {
        const { width, height } = image.getBoundingClientRect()
        const isWhole = width > 1 && getComputedStyle(image).objectFit === 'fill'
        return isWhole && Math.abs(width / height / (image.naturalWidth / image.naturalHeight) - 1) > 0.02
      })
      .map((image) => `stretched: ${image.outerHTML.slice(0, 160)}`),
  )
}

/** What a narrow page (WCAG 2.2, 1.4.10 at twice its zoom) or text of twice its size (1.4.4) would push off to the side, or stretch. */
async function pushedOff(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const [name, width, text] of [
    ['180 px', 180, '100%'],
    ['text at 200 %', 360, '200%'],
  ] as const) {
    await page.setViewportSize({ width, height: 740 })
    const out = await page.evaluate(async (size) => {
      document.documentElement.style.fontSize = size
      await new Promise(requestAnimationFrame)
      const within = document.querySelector('dialog[open]') ?? document.documentElement
      const controls = within.querySelectorAll<HTMLElement>('a, button, label, h1, h2, select')
      const off = [...controls].filter((control) => {
        const { left, right, width } = control.getBoundingClientRect()
        return width > 1 && (left < -1 || right > innerWidth + 1)
      })
      if (within.scrollWidth > within.clientWidth) off.unshift(within as HTMLElement)
      return off.map((control) => (control.cloneNode() as HTMLElement).outerHTML)
    }, text)
    found.push(...[...out, ...(await stretched(page))].map((html) => `${name}: ${html}`))
    await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
  }
  await page.setViewportSize(SIZES.desk)
  return found
}

inBrowser('axe finds nothing', ({ visit }) => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(dataDir, await sample())
  })
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
        wrong.push(...(await stretched(page)))
        if (size === 'desk') wrong.push(...(await pushedOff(page)))
        if (wrong.length > 0) found[name] = wrong
      }
      for (const walk of [walkScreens, walkAlbumScreens]) {
        await walk((options) => visit({ size, ...options }), screens, look)
      }
      expect(found).toEqual({})
      expect(seen).toHaveLength(35)
    },
  )
})
