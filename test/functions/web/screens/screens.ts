import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { LocalServer } from '../../../../functions/local/server.ts'
import type { Visit } from '../browser.ts'
import { text } from '../english.ts'
import {
  beginScan,
  endScan,
  engineStarted,
  startPageServer,
  store,
  suggest,
  type TestScan,
} from '../page-server.ts'

export interface Screens {
  server: LocalServer
  selfie: string
  /** A selfie of somebody who is on none of the photos. */
  stranger: string
  photosDir: string
  close(): Promise<void>
}

/** As cameras and people name them. */
const LONG_NAME = `group-5${'_everybody_on_the_stairs'.repeat(7)}.jpg`
const LONG_FOLDER = 'Summer party of the whole company and all families in the great hall by the river, 2026'
const GUEST_PHOTOS = [
  'portrait-16.jpg',
  'portrait-16-mirrored.jpg',
  'portrait-16-dark.jpg',
  LONG_NAME,
  'group-5-right.jpg',
  'portrait-16-rotated-3.jpg',
]

/** A server with photos of the sample album, for a walk over every screen. */
export async function openScreens(
  dataDir: string,
  { album, selfie }: { album: string; selfie: string },
): Promise<Screens> {
  const photosDir = join(dataDir, 'photos')
  await mkdir(join(photosDir, 'Anna & Ben', 'Church'), { recursive: true })
  await mkdir(join(photosDir, LONG_FOLDER), { recursive: true })
  const names = [...GUEST_PHOTOS, 'landscape.jpg', 'damaged.jpg']
  await Promise.all(
    names.map((name) =>
      copyFile(join(album, name === LONG_NAME ? 'group-5.jpg' : name), join(photosDir, name)),
    ),
  )
  const server = await startPageServer(dataDir, photosDir)
  await engineStarted(server)
  return { server, selfie, stranger: join(album, 'portrait-01.jpg'), photosDir, close: server.close }
}

/** Visits every screen and state of the page but those of albums, and calls `look` with the name of each. */
export async function walkScreens(
  visit: (options?: Visit) => Promise<Page>,
  { server, selfie, photosDir }: Screens,
  look: (name: string, page: Page) => Promise<void>,
): Promise<void> {
  const button = (name: string | RegExp) => page.getByRole('button', { name }).first()
  const begin = () => beginScan(server.store.scans, 60, [...GUEST_PHOTOS, 'landscape.jpg'])

  async function follow(scan: TestScan & { link?: string }) {
    await page.goto(`${server.url}/icon.svg`)
    await page.evaluate((stored) => localStorage.setItem('scan', stored), JSON.stringify(scan))
    await page.goto(server.url)
  }
  /** Waits until every visible picture has been loaded. */
  const pictures = () =>
    page.waitForFunction(() =>
      [...document.images].every(
        (image) => image.closest('[hidden]') || (image.complete && image.naturalWidth > 0),
      ),
    )

  const page = await visit()
  await page.goto(server.url)
  await button(text.find.start).waitFor()
  await look('form', page)
  await button(text.find.start).click()
  await page.getByText(text.find.needsSelfie).waitFor()
  await look('form-missing', page)
  const input = page.locator('fieldset input[type=file][multiple]')
  await input.setInputFiles([selfie, join(photosDir, LONG_NAME), join(photosDir, 'landscape.jpg')])
  await page.getByText(text.selfies.ready, { exact: true }).waitFor()
  await page.getByText(text.selfies.which).waitFor()
  await page.getByText(text.selfies.noFace).waitFor()
  await pictures()
  await look('form-selfies', page)
  await button(text.selfies.take).click()
  await page.getByText(text.camera.denied).waitFor()
  await look('camera-denied', page)

  const running = await begin()
  await follow(running)
  await page.getByText(text.scan.waiting).waitFor()
  await look('scan-waiting', page)
  const found = GUEST_PHOTOS.map((file, index) => ({ file, distance: index === 3 ? 0.43 : 0.25 }))
  const others = Array.from({ length: 12 }, (_, index) => ({
    file: `other-${index}.jpg`,
    status: index % 3 === 0 ? ('no_face_found' as const) : ('no_match' as const),
  }))
  await store(server, running, 0, [
    ...others,
    ...found,
    {
      file: 'damaged.jpg',
      error: 'The file is not a readable image: it is damaged or has an unknown format.',
    },
  ])
  await page.getByRole('heading', { name: text.scan.heading(6) }).waitFor()
  await pictures()
  await look('scan-running', page)
  await button(text.scan.showErrors).click()
  await page.getByRole('dialog').waitFor()
  await look('scan-errors', page)
  await page.keyboard.press('Escape')
  await button(text.scan.erase).click()
  await page.getByRole('dialog').waitFor()
  await look('scan-erase', page)
  await page.keyboard.press('Escape')
  await suggest(server, running, [
    { file: GUEST_PHOTOS[5] as string, certainty: 'look_alike' },
    { file: 'landscape.jpg', certainty: 'possible' },
  ])
  await endScan(server, running)
  await page.getByText(text.scan.done(60)).waitFor()
  await page.getByRole('heading', { name: text.maybe.heading }).scrollIntoViewIfNeeded()
  await pictures()
  await look('scan-maybe', page)
  await page.getByRole('checkbox', { name: `Select ${GUEST_PHOTOS[1]}` }).check()
  await look('scan-done', page)
  await button(/^Open group-5_/).click()
  await page.getByRole('dialog').waitFor()
  await page.locator('.photo-large img').waitFor()
  await pictures()
  await look('photo', page)
  await page.getByRole('dialog').getByRole('button', { name: text.photo.qr }).click()
  await pictures()
  await look('photo-qr', page)
  await page.getByRole('dialog').getByRole('button', { name: text.maybe.notMe }).click()
  await button(text.maybe.undoConfirmed).waitFor()
  await look('scan-hidden', page)

  const expired = await begin()
  await store(server, expired, 0, found.slice(0, 3))
  await endScan(server, expired, 'token_expired')
  await follow(expired)
  await page.getByText(text.scan.expiredLocalHeading).waitFor()
  await pictures()
  await look('scan-expired', page)

  const noMatch = await begin()
  await store(server, noMatch, 0, others)
  await endScan(server, noMatch)
  await follow(noMatch)
  await page.getByText(text.scan.nothing).waitFor()
  await look('scan-no-match', page)

  const stopped = await begin()
  await store(server, stopped, 0, [...found.slice(0, 3), ...others])
  await follow({ ...stopped, link: `local:/${LONG_FOLDER}` })
  await page.getByRole('heading', { name: text.scan.heading(3) }).waitFor()
  await button(text.scan.stop).click()
  await page.getByText(text.scan.stopped(15, 60), { exact: true }).waitFor()
  await pictures()
  await look('scan-stopped', page)
  await button(text.scan.newSearch).click()
  await button(text.earlier.back).waitFor()
  const earlier = page.getByRole('region', { name: text.earlier.heading })
  await earlier.getByText(text.scan.headingDone(0)).waitFor()
  await look('form-searches', page)
  await earlier.getByRole('button', { name: text.earlier.clear }).click()
  await earlier.getByText(text.earlier.removed(4)).waitFor()
  await earlier.scrollIntoViewIfNeeded()
  await look('form-searches-removed', page)

  const gone = await begin()
  await server.store.scans.erase(gone.scan_id)
  await follow(gone)
  await page.getByText(text.scan.goneHeading).waitFor()
  await look('scan-gone', page)

  await page.getByRole('link', { name: text.handOut.tab }).click()
  await page.getByRole('heading', { name: text.handOut.heading }).waitFor()
  await look('hand-out', page)
  await page.locator('.drop input[type=file]').setInputFiles(join(photosDir, LONG_NAME))
  await page.getByText(text.handOut.ready).waitFor()
  await pictures()
  await look('hand-out-ready', page)
  const picture = await page.getByRole('link', { name: text.handOut.open }).getAttribute('href')
  await button(text.handOut.enlarge).click()
  await page.getByRole('dialog').waitFor()
  await pictures()
  await look('hand-out-large', page)
  await page.goto(picture ?? '')
  await page.locator('img.picture').waitFor()
  await pictures()
  await look('picture', page)
  await page.goto(`${server.url}/p/gone`)
  await page.getByRole('heading', { name: text.picture.gone.heading }).waitFor()
  await look('picture-gone', page)
}
