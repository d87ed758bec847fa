import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import AdmZip from 'adm-zip'
import type { Page, Request } from 'playwright-core'
import sharp from 'sharp'
import type { LocalServer } from '../../../functions/local/server.ts'
import { createClient } from '../../../shared/client/client.ts'
import { sample, temporaryDataDir } from '../../sample.ts'
import { inBrowser, pageErrors, readDownload } from './browser.ts'
import { text } from './english.ts'
import { startPageServer } from './page-server.ts'
import { readQr } from './qr.ts'
import { indexed } from './screens/album-screens.ts'

const dataDir = await temporaryDataDir()
const otherDir = await temporaryDataDir()
const { album: samples, selfie } = await sample()
const GUEST_PHOTOS = ['portrait-16.jpg', 'portrait-16-mirrored.jpg', 'portrait-16-dark.jpg']
const OTHERS = ['portrait-01.jpg', 'damaged.jpg']
const LATER = 'portrait-16-rotated-3.jpg'
const LAST = 'portrait-16-small.jpg'

inBrowser('albums', ({ visit }) => {
  const photosDir = join(dataDir, 'photos')
  let server: LocalServer
  const add = (name: string) => copyFile(join(samples, name), join(photosDir, 'wedding', name))
  const client = () => createClient({ apiBase: `${server.url}/api/v1` })
  const makeAlbum = (more: { code?: string } = {}) =>
    client().albums.create({ drive_link: 'local:/wedding', title: 'Anna & Ben', ...more })

  beforeAll(async () => {
    await mkdir(join(photosDir, 'wedding'), { recursive: true })
    await Promise.all([...GUEST_PHOTOS, ...OTHERS].map(add))
    server = await startPageServer(dataDir, photosDir, '0', { ALBUM_REFRESH_SECONDS: '1' })
  })
  afterAll(() => server?.close())

  const button = (page: Page, name: string) => page.getByRole('button', { name })
  const agree = (page: Page) => page.getByLabel(text.album.consent).check()
  const addSelfie = (page: Page) => page.locator('input[type=file][multiple]').setInputFiles(selfie)
  const found = (page: Page, count: number) =>
    page.getByRole('heading', { name: text.album.found(count, false) }).waitFor()

  test('one is made on the page; a guest finds photos there, also those that come later, until it is deleted', async () => {
    const organiser = await visit()
    const wrong = pageErrors(organiser)
    await organiser.goto(`${server.url}/#albums`)
    const form = organiser.locator('form', { hasText: text.albums.create })
    await form.getByRole('radio', { name: 'wedding' }).check()
    await form.getByLabel(text.albums.title).fill('Anna & Ben')
    await button(organiser, text.albums.create).click()
    const item = organiser.getByRole('list', { name: text.albums.list }).getByRole('listitem')
    const link = (await item.getByRole('link').getAttribute('href')) ?? ''
    // What is indexed after the guest's first search counts as new, as does what comes later.
    await indexed(client(), basename(link))

    const guest = await visit({ beside: true, size: 'phone' })
    const guestWrong = pageErrors(guest)
    await guest.goto(link)
    await guest.getByRole('heading', { name: 'Anna & Ben' }).waitFor()
    expect(await guest.locator('input[type=file][multiple]').isDisabled()).toBe(true)
    await agree(guest)
    const searches: Request[] = []
    guest.on('request', (request) => void (request.url().endsWith('/search') && searches.push(request)))
    // A friend beside them: which of the two is looked for has to be chosen, and no search begins by itself.
    const face = (x: number, width: number) => ({ box: { x, y: 20, width, height: width }, score: 1 })
    const two = { width: 100, height: 100, faces: [face(50, 30), face(10, 20)] }
    await guest.route('**/target-face', (route) => route.fulfill({ json: two }), { times: 1 })
    await addSelfie(guest)
    await guest.getByText(text.selfies.which).waitFor()
    await button(guest, text.selfies.remove(1)).click()
    expect(searches).toEqual([])
    // Whoever stands behind them needs no choice.
    await guest.route(
      '**/target-face',
      async (route) => {
        const response = await route.fetch()
        const { faces, ...image } = await response.json()
        const [{ box }] = faces
        const behind = { ...faces[0], box: { ...box, width: box.width / 2, height: box.height / 2 } }
        await route.fulfill({ response, json: { ...image, faces: [...faces, behind] } })
      },
      { times: 1 },
    )
    await addSelfie(guest)
    await found(guest, 3)
    expect(searches[0]?.postDataJSON()).toMatchObject({ since: 0, consent: text.album.consent })
    await item.getByRole('button', { name: text.albums.showFailed }).waitFor()

    await add(LATER)
    await guest.getByText(text.album.fresh(1)).waitFor()
    await found(guest, 4)
    await button(guest, text.album.showFresh).click()
    expect(await guest.evaluate(() => document.activeElement?.ariaLabel)).toContain(LATER)

    const say = async (word: string) => {
      await guest.getByRole('button', { name: new RegExp(`^Open ${LATER}`) }).click()
      await guest.getByRole('dialog').getByRole('button', { name: word }).click()
    }
    const askedAgain = guest.waitForRequest(
      (request) => !!request.postData()?.includes('"target_matches":[{'),
    )
    await say(text.photo.meToo)
    expect((await askedAgain).postDataJSON()).toMatchObject({ since: 0 })
    await guest
      .getByRole('button', { name: text.photo.open(LATER, text.certainty.confirmed.short) })
      .waitFor()
    // It is over. Whoever turns their face away from what was hidden has seen it.
    await guest.locator('h1:focus').waitFor()
    await say(text.maybe.notMe)
    await guest
      .getByRole('status')
      .getByText(/hidden/)
      .waitFor()
    // What comes later of that face is hidden as well.
    await sharp(join(samples, LATER))
      .resize(400)
      .toFile(join(photosDir, 'wedding', LAST))
    await guest.getByText(text.maybe.refused(5)).waitFor()
    await guest.reload()
    await button(guest, text.maybe.undo).click()
    await found(guest, 5)
    await button(guest, text.selection.all).click()
    const [zip] = await Promise.all([
      guest.waitForEvent('download'),
      button(guest, text.selection.download(5)).click(),
    ])
    const entries = new AdmZip(await readDownload(zip)).getEntries()
    expect(entries.map(({ entryName }) => entryName).sort()).toEqual([...GUEST_PHOTOS, LATER, LAST].sort())
    for (const entry of entries) {
      const original = await readFile(join(photosDir, 'wedding', entry.entryName))
      expect(entry.getData().equals(original)).toBe(true)
    }
    await guest.getByRole('button', { name: new RegExp(`^Open ${LATER}`) }).click()
    await guest.locator('.photo-large img:not([aria-busy=true])').waitFor()
    const [single] = await Promise.all([
      guest.waitForEvent('download'),
      guest.getByRole('dialog').getByRole('link', { name: text.photo.download }).click(),
    ])
    expect((await readDownload(single)).equals(await readFile(join(samples, LATER)))).toBe(true)
    await guest.keyboard.press('Escape')

    await item.getByRole('button', { name: text.albums.erase }).click()
    await organiser.getByRole('dialog').getByRole('button', { name: text.albums.erase }).click()
    await guest.getByRole('heading', { name: text.album.missing.heading }).waitFor()
    await item.waitFor({ state: 'detached' })
    await organiser.waitForFunction(() => document.activeElement?.tagName === 'H1')
    expect([...wrong, ...guestWrong]).toEqual([])
  })

  test('a guest is told of a wrong code, shares what they find with the right one, and deletes it', async () => {
    const { album_id } = await makeAlbum({ code: 'anna' })
    const page = await visit({
      // As on a phone.
      before: () =>
        Object.assign(navigator, {
          canShare: () => true,
          share: async ({ files }: { files: File[] }) => {
            document.body.dataset.shared = files.map(({ name, size }) => `${name} ${size}`).join()
          },
        }),
    })
    await page.goto(`${server.url}/a/${album_id}`)
    await agree(page)
    await page.getByLabel(text.album.code).fill('ben1')
    await addSelfie(page)
    await page.getByRole('alert').getByText(text.errors.album_code_wrong).waitFor()
    await page.getByLabel(text.album.code).fill('anna')
    await button(page, text.find.start).click()
    await page.getByRole('checkbox', { name: text.photo.select(LATER) }).check()
    await button(page, text.share.share).click()
    const { length } = await readFile(join(samples, LATER))
    await page.locator(`body[data-shared="${LATER} ${length}"]`).waitFor()

    const { scans } = await page.evaluate(() => JSON.parse(Object.values(localStorage)[0] ?? '{}'))
    await button(page, text.album.erase).click()
    await page.getByRole('dialog').getByRole('button', { name: text.scan.eraseConfirm }).click()
    await page.getByText(text.album.faceHeading).waitFor()
    expect(await server.store.scans.get(scans[0].scan_id)).toBeUndefined()
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  })

  test('a guest is told that an album is closed, and sees it open again; that it has ended, and that there is none', async () => {
    const { album_id } = await makeAlbum()
    await client().albums.patch(album_id, { closed: true })
    const page = await visit()
    await page.goto(`${server.url}/a/${album_id}`)
    await page.getByRole('heading', { name: text.album.closed.heading }).waitFor()
    await client().albums.patch(album_id, { closed: false })
    await page.getByText(text.album.faceHeading).waitFor()
    await server.store.albums.patch(album_id, { until: Date.now() - 1 })
    await page.reload()
    await page.getByRole('heading', { name: text.album.ended.heading }).waitFor()
    await page.goto(`${server.url}/a/no-such-album`)
    await page.getByRole('heading', { name: text.album.missing.heading }).waitFor()
  })

  test('its title, code and last day are changed on the page', async () => {
    const { album_id, until } = await makeAlbum({ code: 'anna' })
    const page = await visit()
    await page.goto(`${server.url}/#albums`)
    await button(page, text.albums.change).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(text.albums.title).fill('Ben & Anna')
    await dialog.getByLabel(text.albums.dropCode).check()
    await dialog.getByRole('button', { name: text.albums.save }).click()
    await dialog.waitFor({ state: 'detached' })
    const changed = { title: 'Ben & Anna', needs_code: false, until }
    expect(await client().albums.get(album_id)).toMatchObject(changed)
    await button(page, text.albums.change).first().click()
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    await dialog.getByLabel(text.albums.until).fill(tomorrow)
    await dialog.getByRole('button', { name: text.albums.save }).click()
    await page.getByText(text.albums.ends(new Date(`${tomorrow}T12:00`))).waitFor()
  })

  test('phones can install the page of an album, at its address', async () => {
    const { album_id } = await makeAlbum()
    const page = await visit()
    const wrong = pageErrors(page)
    await page.goto(`${server.url}/a/${album_id}`)
    const devtools = await page.context().newCDPSession(page)
    const { errors, data, manifest } = await devtools.send('Page.getAppManifest')
    expect({ errors, starts: manifest?.startUrl }).toEqual({ errors: [], starts: page.url() })
    expect(JSON.parse(data ?? '{}')).toMatchObject({ display: 'standalone' })
    expect(wrong).toEqual([])
  })

  test('its poster is one page of A4 or A6, whose QR code opens it', async () => {
    const { album_id } = await makeAlbum()
    const page = await visit()
    await page.goto(`${server.url}/#albums`)
    await button(page, text.albums.poster).first().click()
    const qr = page.getByRole('dialog').getByRole('img', { name: 'Anna & Ben' })
    await qr.evaluate((image: HTMLImageElement) => image.decode())
    expect(await readQr(qr)).toBe(`${server.url}/a/${album_id}`)
    const printed = async (paper: string) => {
      await page.getByRole('radio', { name: paper }).check()
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
      return [...pdf.matchAll(/MediaBox \[0 0 (\S+) (\S+)\]/g)].map(([, ...size]) =>
        size.map((points) => Math.round((Number(points) / 72) * 25.4)),
      )
    }
    expect(await printed('A4')).toEqual([[210, 297]])
    expect(await printed('A6')).toEqual([[105, 148]])
  })

  test('whoever has no API key is asked for it', async () => {
    const restricted = await startPageServer(otherDir, photosDir, '0', { API_KEYS: 'the-key' })
    try {
      const page = await visit()
      await page.goto(`${restricted.url}/#albums`)
      await page.getByLabel(text.apiKey.label).fill('not-the-key')
      await button(page, text.apiKey.save).click()
      await page.getByText(text.apiKey.wrong).waitFor()
      await page.getByLabel(text.apiKey.label).fill('the-key')
      await button(page, text.apiKey.save).click()
      await button(page, text.albums.create).waitFor()
    } finally {
      await restricted.close()
    }
  })
})
