import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import AdmZip from 'adm-zip'
import type { Page } from 'playwright-core'
import { freePort } from '../../../functions/emulate/free-port.ts'
import type { LocalServer } from '../../../functions/local/server.ts'
import { sample, temporaryDataDir } from '../../sample.ts'
import { inBrowser, pageErrors, readDownload, SIZES } from './browser.ts'
import { text } from './english.ts'
import { startPageServer } from './page-server.ts'

const dataDir = await temporaryDataDir()
const { album, selfie } = await sample()
const port = String(await freePort())
const GUEST_PHOTOS = ['portrait-16.jpg', 'portrait-16-mirrored.jpg', 'portrait-16-dark.jpg']
interface Face {
  box: { x: number }
}
const OTHERS = ['portrait-01.jpg', 'landscape.jpg', 'damaged.jpg']

/** A guest's way through the whole product, with real photos and the real face engine. */
inBrowser('a guest', ({ visit }) => {
  const photosDir = join(dataDir, 'photos')
  let server: LocalServer

  beforeAll(async () => {
    await mkdir(join(photosDir, 'wedding'), { recursive: true })
    await Promise.all(
      [...GUEST_PHOTOS, ...OTHERS].map((name) =>
        copyFile(join(album, name), join(photosDir, 'wedding', name)),
      ),
    )
    server = await startPageServer(dataDir, photosDir, port)
  })
  afterAll(() => server?.close())

  async function addSelfie(page: Page) {
    await page.locator('input[type=file][multiple]').first().setInputFiles(selfie)
    await page.getByText(text.selfies.ready).waitFor()
  }
  const found = (page: Page) => page.getByRole('list', { name: text.photo.list }).getByRole('listitem')
  const names = async (page: Page) => {
    const boxes = await found(page).getByRole('checkbox').all()
    return Promise.all(boxes.map((box) => box.getAttribute('aria-label')))
  }

  test.each(Object.keys(SIZES) as (keyof typeof SIZES)[])(
    'goes from a selfie to downloaded photos, over a reload and a restarted server (%s)',
    async (size) => {
      const page = await visit({ size })
      const wrong = pageErrors(page)
      await page.goto(server.url)
      await page.getByRole('radio', { name: 'wedding' }).check()
      await addSelfie(page)
      const asked = page.waitForRequest((request) => request.url().endsWith('/scan'))
      await page.getByRole('button', { name: text.find.start }).click()
      // The picture has been sent once, to be looked at.
      const { target_face, target_faces, target_boxes } = (await asked).postDataJSON()
      expect([target_face.slice(0, 5), target_face.length < 5_000]).toEqual(['face:', true])
      expect([target_faces, target_boxes]).toEqual([undefined, [expect.anything()]])
      await found(page).first().waitFor()
      await page.reload()
      await found(page).first().waitFor()
      await server.close()
      server = await startPageServer(dataDir, photosDir, port)

      await page.getByText(text.scan.done(6)).waitFor()
      expect((await names(page)).sort()).toEqual(GUEST_PHOTOS.map((name) => `Select ${name}`).sort())
      await page.getByRole('button', { name: text.scan.showErrors }).click()
      await page.getByRole('dialog').getByText('damaged.jpg').waitFor()
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: text.selection.all }).click()
      const [zip] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: text.selection.download(3) }).click(),
      ])
      const archive = new AdmZip(await readDownload(zip))
      expect(
        archive
          .getEntries()
          .map(({ entryName }) => entryName)
          .sort(),
      ).toEqual(GUEST_PHOTOS.toSorted())
      for (const entry of archive.getEntries()) {
        const original = await readFile(join(photosDir, 'wedding', entry.entryName))
        expect(entry.getData().equals(original)).toBe(true)
      }

      await page
        .getByRole('button', { name: /^Open / })
        .first()
        .click()
      const dialog = page.getByRole('dialog')
      const [single] = await Promise.all([
        page.waitForEvent('download'),
        dialog.getByRole('link', { name: 'Download' }).click(),
      ])
      const original = await readFile(join(photosDir, 'wedding', basename(single.suggestedFilename())))
      expect((await readDownload(single)).equals(original)).toBe(true)
      expect(wrong).toEqual([])
    },
  )

  test('finds the form, whatever another page has stored at its address', async () => {
    const page = await visit()
    const wrong = pageErrors(page)
    await page.goto(server.url)
    const search = { scan_id: 'a', scan_key: 'b', total_files: 1, started_at: Date.now() }
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      ...search,
      scan_id: `${index}`,
      previous: [],
    }))
    for (const stored of [5, 'x', {}, [null], [search], search, { ...search, previous: [5] }, many]) {
      await page.evaluate((value) => {
        for (const key of ['searches', 'scan', 'verdicts', 'removed']) localStorage.setItem(key, value)
        for (const key of ['draft', 'account', 'restart']) sessionStorage.setItem(key, value)
      }, JSON.stringify(stored))
      await page.reload()
      await page.getByRole('button', { name: text.find.start }).waitFor()
    }
    expect(wrong).toEqual([])
  })

  test('says which found face is theirs and which is not', async () => {
    const page = await visit()
    const wrong = pageErrors(page)
    await page.goto(server.url)
    await page.getByRole('radio', { name: 'wedding' }).check()
    await addSelfie(page)
    await page.getByRole('button', { name: text.find.start }).click()
    await page.getByText(text.scan.done(6)).waitFor()
    const heading = (count: number) =>
      page.getByRole('heading', { name: text.scan.headingDone(count), exact: true }).waitFor()
    const say = async (file: string, word: string) => {
      await page.getByRole('button', { name: new RegExp(`^Open ${file}`) }).click()
      await page.getByRole('dialog').getByRole('button', { name: word }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const undo = page.getByRole('button', { name: text.maybe.undoConfirmed })
    await heading(3)

    // The two others show the same face.
    await say('portrait-16.jpg', text.maybe.notMe)
    await heading(0)
    await page.getByRole('status').getByText(text.maybe.refused(3)).waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(text.maybe.undoConfirmed)
    await undo.press('Enter')
    await heading(3)
    await page.getByRole('checkbox', { name: text.photo.select('portrait-16.jpg') }).check()
    await say('portrait-16.jpg', text.maybe.notMe)
    await page.reload()
    await page.getByText(text.maybe.refused(3)).waitFor()
    await heading(0)
    expect(await undo.count()).toBe(0)
    expect(await page.getByText(text.scan.nothing).count()).toBe(0)
    await page.getByRole('button', { name: text.maybe.undo }).click()
    await heading(3)

    const before = await page.evaluate(() => JSON.parse(localStorage.getItem('scan') ?? '{}'))
    const asked = page.waitForRequest((request) => request.url().endsWith('/scan'))
    await say('portrait-16-dark.jpg', text.photo.meToo)
    const { target_matches } = (await asked).postDataJSON()
    const { scan_id, scan_key } = before
    expect(target_matches).toEqual([{ scan_id, scan_key, file_id: expect.any(String) }])
    await page
      .getByRole('button', { name: text.photo.open('portrait-16-dark.jpg', text.certainty.confirmed.short) })
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(text.certainty.confirmed.long).waitFor()
    expect(await dialog.getByRole('button', { name: text.photo.meToo }).count()).toBe(0)
    await page.keyboard.press('Escape')
    // The search that continues this one has been answered.
    await page.waitForFunction(
      (before) => JSON.parse(localStorage.getItem('scan') ?? '{}').scan_id !== before,
      scan_id,
    )
    await page.reload()
    await page.getByText(text.scan.done(6)).waitFor()
    expect((await names(page)).sort()).toEqual(GUEST_PHOTOS.map((name) => `Select ${name}`).sort())
    const after = await page.evaluate(() => JSON.parse(localStorage.getItem('scan') ?? '{}'))
    expect(after.previous).toEqual([{ scan_id, scan_key }])

    // What is deleted while it is searched again stays deleted.
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    await page.route('**/api/v1/scan', async (route) => {
      const response = await route.fetch()
      begun.resolve()
      await held.promise
      await route.fulfill({ response })
    })
    await say('portrait-16.jpg', text.photo.meToo)
    await begun.promise
    await page.getByRole('button', { name: text.scan.erase }).click()
    await page.getByRole('dialog').getByRole('button', { name: text.scan.eraseConfirm }).click()
    await page.getByRole('heading', { name: text.find.heading }).waitFor()
    const late = page.waitForResponse((response) => response.request().method() === 'DELETE')
    held.resolve()
    expect((await late).status()).toBe(204)
    await page.getByRole('heading', { name: text.find.heading }).waitFor()
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
    expect(wrong).toEqual([])
  })

  test('is told about a missing selfie, and about a picture without a face, also by a browser that stores nothing', async () => {
    const page = await visit({
      before: () => {
        const get = () => {
          throw new DOMException('blocked', 'SecurityError')
        }
        for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get })
      },
    })
    const wrong = pageErrors(page)
    await page.goto(server.url)
    await page.getByRole('button', { name: text.find.start }).click()
    await page.getByRole('alert').getByText(text.find.needsSelfie).waitFor()
    await page
      .locator('input[type=file][multiple]')
      .first()
      .setInputFiles(join(photosDir, 'wedding', 'landscape.jpg'))
    await page.getByText(text.selfies.noFace).waitFor()
    await page.getByRole('button', { name: text.selfies.remove(1) }).click()
    await page.getByRole('list', { name: text.selfies.list }).waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(text.selfies.take)
    await page.reload()
    await page.getByRole('button', { name: text.find.start }).waitFor()
    expect(wrong).toEqual([])
  })

  test('keeps seeing what was found where the storage is full, whatever another tab changes', async () => {
    const page = await visit({
      before: () => {
        Storage.prototype.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError')
        }
      },
    })
    await page.goto(server.url)
    await page.getByRole('radio', { name: 'wedding' }).check()
    await addSelfie(page)
    await page.getByRole('button', { name: text.find.start }).click()
    await page.getByText(text.scan.done(6)).waitFor()
    await page.evaluate(() => dispatchEvent(new StorageEvent('storage')))
    await page.getByRole('button', { name: text.selection.all }).click()
    await page.getByRole('button', { name: text.selection.download(3) }).waitFor()
  })

  test('chooses their face among several, and sends the picture again only where its token has expired', async () => {
    const page = await visit({ size: 'phone' })
    await page.goto(server.url)
    const looked = page.waitForResponse((response) => response.url().endsWith('/target-face'))
    await page.locator('input[type=file][multiple]').first().setInputFiles(join(album, 'group-1.jpg'))
    const { faces } = await (await looked).json()
    const choice = page.getByRole('group', { name: text.selfies.faces(1) }).getByRole('button')
    await choice.first().waitFor()
    const { left, middle, right } = text.selfies.place
    expect(await choice.evaluateAll((buttons) => buttons.map(({ ariaLabel }) => ariaLabel))).toEqual([
      text.selfies.face(1, 3, left),
      text.selfies.face(2, 3, middle),
      text.selfies.face(3, 3, right),
    ])
    const pressed = () =>
      choice.evaluateAll((buttons) => buttons.map(({ ariaPressed }) => ariaPressed).join())
    // The largest, until the guest has chosen.
    expect(await pressed()).toBe('false,false,true')
    await choice.nth(1).press('Enter')
    expect(await pressed()).toBe('false,true,false')

    const requests: { target_face: string; target_boxes: { x: number }[] }[] = []
    await page.route('**/scan', (route) => {
      requests.push(route.request().postDataJSON())
      const code = requests.length === 1 ? 'face_token_expired' : 'busy'
      return route.fulfill({ status: 400, json: { error: { code, message: '' } } })
    })
    await page.getByRole('button', { name: text.find.start }).click()
    await page.getByRole('alert').getByText(text.errors.busy).waitFor()
    const [, second] = faces.toSorted((a: Face, b: Face) => a.box.x - b.box.x)
    expect(requests).toMatchObject([
      { target_face: second.face_token, target_boxes: [second.box] },
      { target_face: expect.stringMatching(/^data:image\/jpeg/), target_boxes: [second.box] },
    ])
  })

  test('takes a selfie with the camera, and is told when the camera is blocked', async () => {
    const page = await visit({ permissions: ['camera'] })
    await page.goto(server.url)
    await page.getByRole('button', { name: text.selfies.take }).click()
    await page.getByRole('button', { name: text.camera.capture }).click()
    // Chromium's test picture has no face.
    await page.getByText(text.selfies.noFace).waitFor()

    const denied = await visit()
    await denied.goto(server.url)
    await denied.getByRole('button', { name: text.selfies.take }).click()
    await denied.getByRole('alert').getByText(text.camera.denied).waitFor()
    const choice = denied.getByRole('dialog').locator('input[type=file]')
    await choice.setInputFiles(selfie)
    await denied.getByText(text.selfies.ready).waitFor()
  })

  test("takes a selfie with the phone's own app where pages have no camera API", async () => {
    const page = await visit({
      size: 'phone',
      // As on plain http at another address than localhost.
      before: () => Reflect.deleteProperty(Navigator.prototype, 'mediaDevices'),
    })
    await page.goto(server.url)
    const input = page.locator('input[capture=user]')
    await input.setInputFiles(selfie)
    await page.getByText(text.selfies.ready).waitFor()
  })

  test('goes back to the form and forward again, undoes a new search, and deletes the search immediately', async () => {
    const page = await visit()
    await page.goto(server.url)
    await page.getByRole('radio', { name: 'wedding' }).check()
    await addSelfie(page)
    await page.getByRole('button', { name: text.find.start }).click()
    const results = page.getByText(text.scan.done(6), { exact: true })
    await results.waitFor()
    const form = page.getByRole('heading', { name: text.find.heading })
    await page.goBack()
    await form.waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    const selfies = page.getByRole('button', { name: text.selfies.remove(1) })
    expect(await selfies.count()).toBe(1)
    await page.goForward()
    await results.waitFor()
    await page.getByRole('button', { name: text.scan.newSearch }).click()
    await form.waitFor()
    await page.goBack()
    await results.waitFor()
    await page.reload()
    await results.waitFor()
    await page.getByRole('button', { name: text.scan.newSearch }).click()
    await page.getByRole('button', { name: text.earlier.back }).waitFor()
    // The next guest does not see the selfie of this one.
    expect(await selfies.count()).toBe(0)
    await page.getByRole('button', { name: text.earlier.back }).click()
    await results.waitFor()
    const scan = await page.evaluate(() => JSON.parse(localStorage.getItem('scan') ?? '{}'))
    await page.getByRole('button', { name: text.scan.erase }).click()
    await page.getByRole('dialog').getByRole('button', { name: text.scan.eraseConfirm }).click()
    await page.getByRole('heading', { name: text.find.heading }).waitFor()
    expect(await server.store.scans.get(scan.scan_id)).toBeUndefined()
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
    // Two entries before are of the same results, which are gone.
    await page.goBack()
    await page.evaluate(() => history.replaceState({ ...history.state, passed: true }, ''))
    await page.goBack()
    await page.waitForFunction(() => history.state?.search === '' && !history.state.passed)
    await form.waitFor()
    expect(await page.getByRole('button', { name: text.earlier.back }).count()).toBe(0)
  })
})
