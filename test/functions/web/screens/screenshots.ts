import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { sampleAlbum } from '../../../../functions/local/sample/album.ts'
import { findChromium, launchChromium } from '../../../run/chromium.ts'
import { text } from '../english.ts'
import { startPageServer } from '../page-server.ts'
import { walkAlbumScreens } from './album-screens.ts'
import { openScreens, walkScreens } from './screens.ts'

/**
 * `npm run screenshots`: pictures of the real page for the README, into functions/web/screenshots. With --all: every
 * screen in both themes and sizes as PNG, into the directory given after it, for review.
 */

/** In bytes, so that the README loads quickly. */
const MAX_BYTES = 60_000
const SHOTS = [
  { screen: 'form-selfies', size: 'phone', theme: 'light', file: 'find-phone' },
  { screen: 'results', size: 'desk', theme: 'light', file: 'results-desk' },
  { screen: 'results', size: 'phone', theme: 'dark', file: 'results-phone-dark' },
  { screen: 'hand-out-large', size: 'desk', theme: 'light', file: 'hand-out-desk' },
]
const SIZES = {
  phone: { width: 360, height: 740 },
  desk: { width: 1280, height: 800 },
  large: { width: 1920, height: 1080 },
}

const executable = findChromium()
if (!executable) throw new Error('This needs Chromium: apt-get install chromium')
const all = process.argv.indexOf('--all')
const target =
  all < 0
    ? fileURLToPath(new URL('../../../../functions/web/screenshots', import.meta.url))
    : process.argv[all + 1]
if (!target) throw new Error('--all needs a directory')
await mkdir(target, { recursive: true })

const dataDir = await mkdtemp(join(tmpdir(), 'screenshots-'))
const { dir: album, selfie } = await sampleAlbum(dataDir)
const server = await startPageServer(join(dataDir, 'search'), album)
const browser = await launchChromium(executable)
const screens = await openScreens(dataDir, { album, selfie })
try {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const theme of ['light', 'dark'] as const) {
      const wanted = SHOTS.filter((shot) => shot.size === size && shot.theme === theme)
      if (all < 0 && wanted.length === 0) continue
      const isMobile = size === 'phone'
      const context = await browser.newContext({
        viewport,
        colorScheme: theme,
        isMobile,
        hasTouch: isMobile,
        // Requests of a service worker do not pass through the routes by which screens are shown.
        serviceWorkers: 'block',
      })
      const look = async (name: string, page: Page) => {
        if (all >= 0) await page.screenshot({ path: join(target, `${name}-${size}-${theme}.png`) })
        const shot = wanted.find(({ screen }) => screen === name)
        if (all >= 0 || !shot) return
        const file = join(target, `${shot.file}.webp`)
        const { size: bytes } = await sharp(await page.screenshot())
          .webp({ quality: 78 })
          .toFile(file)
        if (bytes > MAX_BYTES) throw new Error(`${file} has ${bytes} bytes`)
        console.log(`${file} ${bytes} bytes`)
      }
      for (const walk of [walkScreens, walkAlbumScreens]) await walk(() => context.newPage(), screens, look)
      await searchAlbum(await context.newPage(), look)
      await context.close()
    }
  }
} finally {
  await browser.close()
  await screens.close()
  await server.close()
  await rm(dataDir, { recursive: true, force: true })
}

/** A guest's search of the whole sample album. */
async function searchAlbum(page: Page, look: (name: string, page: Page) => Promise<void>): Promise<void> {
  await page.goto(server.url)
  await page.locator('fieldset input[type=file][multiple]').setInputFiles(selfie)
  await page.getByText(text.selfies.ready, { exact: true }).waitFor()
  await page.getByRole('button', { name: text.find.start }).first().click()
  await page.getByText(text.scan.done(60)).waitFor({ timeout: 120_000 })
  await page.waitForFunction(() => [...document.images].every((image) => image.naturalWidth > 0))
  await look('results', page)
}
