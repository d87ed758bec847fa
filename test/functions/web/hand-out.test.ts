import { EventEmitter, once } from 'node:events'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { LocalServer } from '../../../functions/local/server.ts'
import { temporaryDataDir } from '../../sample.ts'
import { storedIn } from '../upload/upload-server.ts'
import { inBrowser, pageErrors, SIZES } from './browser.ts'
import { text } from './english.ts'
import { startPageServer } from './page-server.ts'
import { readQr } from './qr.ts'

const dataDir = await temporaryDataDir()
const otherDir = await temporaryDataDir()

interface Picture {
  name: string
  mimeType: string
  buffer: Buffer
}

/** No two have the same content. */
function pictures(count: number, name: string): Promise<Picture[]> {
  const of = async (index: number) => {
    const channel = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 256
    const background = { r: index, g: channel, b: 120 }
    const buffer = await sharp({ create: { width: 60, height: 40, channels: 3, background } })
      .png()
      .toBuffer()
    return { name: `${name}-${index}.png`, mimeType: 'image/png', buffer }
  }
  return Promise.all(Array.from({ length: count }, (_, index) => of(index)))
}

const named = (page: Page, name: string) => page.locator('.hand-out strong', { hasText: name })

/** Each page of a PDF by Chromium has an object of its own, which is not compressed. */
const pagesOf = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length

/** Runs in the page: writes the one picture of the list into it so often, as if each had been uploaded by itself. */
async function fillList(count: number): Promise<void> {
  const done = (request: IDBRequest) =>
    new Promise<void>((resolve, reject) => {
      request.onsuccess = () => resolve()
      request.onerror = () => reject(request.error)
    })
  const opening = indexedDB.open('hand-out')
  await done(opening)
  const pictures = opening.result.transaction('pictures', 'readwrite').objectStore('pictures')
  const all = pictures.getAll()
  await done(all)
  const [first] = all.result
  for (let index = all.result.length; index < count; index++) {
    const id = first.id + index
    const upload = { ...first.upload, file_id: `${first.upload.file_id}-${index}` }
    await done(pictures.put({ ...first, id, name: `card-${index}.png`, upload }, id))
  }
  opening.result.close()
}

/**
 * Waits until the device has the list: each picture with the address of its page, or with its file. What is being written when the
 * page is left may be lost.
 */
const written = (page: Page, expected: string[]) =>
  page.waitForFunction(async (expected) => {
    const done = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await done(indexedDB.open('hand-out'))
    const all = await done(database.transaction('pictures').objectStore('pictures').getAll())
    database.close()
    const found = all.map(({ name, file, upload }) => `${name} ${upload?.page_url ?? (file && 'file')}`)
    return `${found.sort()}`.replaceAll(/\/p\/[\w-]+/g, '') === `${expected}`
  }, expected)

inBrowser('handing out a picture', ({ visit }) => {
  const picture = join(dataDir, 'Für Zoë.png')
  const second = join(dataDir, 'second.png')
  let server: LocalServer

  beforeAll(async () => {
    await sharp({ create: { width: 900, height: 600, channels: 3, background: '#7aa' } })
      .png()
      .toFile(picture)
    await copyFile(picture, second)
    server = await startPageServer(dataDir, dataDir, '0', { API_KEYS: 'the-key' })
  })
  afterAll(() => server?.close())

  const uploading = new EventEmitter()
  const withKey = () =>
    visit({
      before: () => {
        sessionStorage.setItem('api-key', 'the-key')
        window.print = () => void dispatchEvent(new Event('print'))
      },
    })

  test.each(Object.keys(SIZES) as (keyof typeof SIZES)[])(
    'asks for the key once; the QR code on the screen leads to the picture (%s)',
    async (size) => {
      const page = await visit({ size })
      const wrong = pageErrors(page)
      await page.goto(`${server.url}/#hand-out`)
      const input = page.locator('.drop input[type=file]')
      await input.setInputFiles(picture)
      await page.getByLabel(text.apiKey.label).fill('not-the-key')
      await page.getByRole('button', { name: text.apiKey.save }).click()
      await page.getByText(text.apiKey.wrong).waitFor()
      await page.getByLabel(text.apiKey.label).fill('the-key')
      await page.getByRole('button', { name: text.apiKey.save }).click()
      await page.getByText(text.handOut.ready).waitFor()

      const enlarge = page.getByRole('button', { name: text.handOut.enlarge })
      await enlarge.click()
      const qr = page.getByRole('dialog').getByRole('img', { name: 'Für Zoë.png' })
      await qr.evaluate((image: HTMLImageElement) => image.decode())
      const link = await readQr(qr)
      const [, id] = /\/p\/([\w-]+)$/.exec(link ?? '') ?? []
      expect(link).toBe(`${server.url}/p/${id}`)
      const answer = await fetch(`${server.url}/api/v1/drive/files/${id}/content`)
      expect(Buffer.from(await answer.arrayBuffer()).equals(await readFile(picture))).toBe(true)

      await page.keyboard.press('Escape')
      await input.setInputFiles(second)
      // The same content takes the place of the first once it has been uploaded.
      await named(page, 'Für Zoë.png').waitFor({ state: 'detached' })
      await named(page, 'second.png').waitFor()
      await page.getByText(text.handOut.ready).waitFor()
      expect(await page.getByLabel(text.apiKey.label).count()).toBe(0)
      await enlarge.click()
      const again = page.getByRole('dialog').getByRole('img', { name: 'second.png' })
      await again.evaluate((image: HTMLImageElement) => image.decode())
      expect(await readQr(again)).toBe(link)
      expect(wrong).toEqual([])
    },
  )

  test('pictures go one after the other; a lost network is waited out, and a lost answer makes no second file', async () => {
    const page = await withKey()
    const context = page.context()
    await page.goto(`${server.url}/#hand-out`)
    const before = (await storedIn(join(dataDir, 'drive'))).length
    await context.setOffline(true)
    await page.locator('.drop input[type=file]').setInputFiles(await pictures(2, 'lost'))
    await page.getByText(text.handOut.interrupted).waitFor()
    await page.getByText(text.handOut.waits).nth(1).waitFor()
    /** Resolves as soon as the page does: it begins and ends to a frame after what is seen. */
    const warns = (expected: boolean) =>
      page.waitForFunction((expected) => {
        const leaving = new Event('beforeunload', { cancelable: true })
        dispatchEvent(leaving)
        return leaving.defaultPrevented === expected
      }, expected)
    await warns(true)

    let uploads = 0
    await page.route('**/drive/upload', async (route) => {
      uploads++
      const answer = await route.fetch()
      if (uploads === 1) await route.abort('connectionreset')
      else await route.fulfill({ response: answer })
    })
    await context.setOffline(false)
    await page.getByText(text.handOut.ready).nth(1).waitFor()
    expect(uploads).toBe(3)
    await warns(false)
    expect(await storedIn(join(dataDir, 'drive'))).toHaveLength(before + 2)
  })

  test('a picture that the server cannot take yet lets the others go first, and comes again when the server says', async () => {
    const page = await withKey()
    await page.clock.install()
    await page.goto(`${server.url}/#hand-out`)
    const names: string[] = []
    await page.route('**/drive/upload', async (route) => {
      const name = /filename="(.*?)"/.exec(route.request().postDataBuffer()?.toString('latin1') ?? '')?.[1]
      names.push(name ?? '')
      const error = { code: 'busy', message: 'Busy.' }
      if (names.length > 1) await route.continue()
      else await route.fulfill({ status: 503, headers: { 'Retry-After': '3600' }, json: { error } })
    })
    await page.locator('.drop input[type=file]').setInputFiles(await pictures(3, 'busy'))
    await page.getByText(text.handOut.ready).nth(1).waitFor()
    await page.getByText(text.handOut.postponed).waitFor()
    await page.clock.fastForward('30:00')
    expect(names).toEqual(['busy-0.png', 'busy-1.png', 'busy-2.png'])
    await page.clock.fastForward('30:00')
    await page.getByText(text.handOut.ready).nth(2).waitFor()
    expect(names.slice(3)).toEqual(['busy-0.png'])
  })

  test('the list is there after a reload, and goes on with what was waiting', async () => {
    const page = await withKey()
    await page.goto(`${server.url}/#hand-out`)
    const waiting = (await pictures(1, 'kept'))[0] as Picture
    const input = page.locator('.drop input[type=file]')
    // This browser cannot show it: the server makes its thumbnail.
    const heic = await readFile('test/shared/face/fixtures/portrait.heic')
    await input.setInputFiles([{ name: 'portrait.heic', mimeType: '', buffer: heic }])
    await page.getByText(text.handOut.ready).waitFor()
    const thumbnails = page.locator('img.hand-out-picture')
    await thumbnails.waitFor()
    const reached = once(uploading, 'upload')
    await page.route('**/drive/upload', () => uploading.emit('upload'))
    await input.setInputFiles([waiting])
    await reached
    await thumbnails.nth(1).waitFor()
    await written(page, ['kept-0.png file', `portrait.heic ${server.url}`])
    await page.unroute('**/drive/upload')
    await page.reload()
    await page.getByText(text.handOut.ready).nth(1).waitFor()
    await thumbnails.nth(1).waitFor()

    await page.getByRole('button', { name: text.handOut.remove('portrait.heic') }).click()
    await named(page, 'portrait.heic').waitFor({ state: 'detached' })
    await written(page, [`kept-0.png ${server.url}`])
    await page.reload()
    await named(page, 'kept-0.png').waitFor()
    expect(await page.getByText(text.handOut.ready).count()).toBe(1)

    // The machine is in another network since.
    await page.route('**/config.json', async (route) => {
      const config = await (await route.fetch()).json()
      await route.fulfill({ json: { ...config, public_api_base: 'http://192.168.7.9:8000/api/v1' } })
    })
    await page.reload()
    await page.getByText(text.handOut.moved).waitFor()
    const open = page.getByRole('link', { name: text.handOut.open })
    expect(await open.getAttribute('href')).toMatch(/^http:\/\/192\.168\.7\.9:8000\/p\/stored_/)
    await page.getByRole('button', { name: text.handOut.movedSeen }).click()
    await page.getByText(text.handOut.moved).waitFor({ state: 'detached' })
    await written(page, ['kept-0.png http://192.168.7.9:8000'])
    await page.reload()
    await named(page, 'kept-0.png').waitFor()
    expect(await page.getByText(text.handOut.moved).count()).toBe(0)
    await page.unrouteAll({ behavior: 'wait' })
  })

  test('of 20 and of 200 pictures one code is one page, and all are sheets of eight', async () => {
    const page = await withKey()
    await page.goto(`${server.url}/#hand-out`)
    await page.locator('.drop input[type=file]').setInputFiles(await pictures(1, 'card'))
    await page.getByText(text.handOut.ready).waitFor()
    await page.locator('img.hand-out-picture').waitFor()
    for (const count of [20, 200]) {
      await page.evaluate(fillList, count)
      await page.reload()
      await page
        .getByText(text.handOut.ready)
        .nth(count - 1)
        .waitFor()
      await page.getByRole('button', { name: text.handOut.enlarge }).first().click()
      for (const format of ['A4', 'Letter', 'A6']) expect(pagesOf(await page.pdf({ format }))).toBe(1)
      await page.keyboard.press('Escape')
      for (const format of ['A4', 'Letter']) {
        const asked = page.evaluate(() => new Promise((resolve) => addEventListener('print', resolve)))
        await page.getByRole('button', { name: text.handOut.printAll }).click()
        await asked
        expect(pagesOf(await page.pdf({ format }))).toBe(Math.ceil(count / 8))
      }
    }
  })

  test('no key is asked for if the server has none', async () => {
    const open = await startPageServer(otherDir, otherDir, '0', { TRUST_PROXY: '1' })
    try {
      const page = await visit()
      await page.goto(`${open.url}/#hand-out`)
      await page.locator('.drop input[type=file]').setInputFiles(picture)
      await page.getByRole('alert').getByText('Uploads are disabled until API_KEYS').waitFor()
      expect(await page.getByLabel(text.apiKey.label).count()).toBe(0)
    } finally {
      await open.close()
    }
  })

  test('every file that is not a picture is refused by its name before it is sent; a long name takes two lines until it is pressed', async () => {
    const page = await visit({ size: 'phone' })
    await page.goto(`${server.url}/#hand-out`)
    const names = ['notes.txt', 'more.txt']
    const files = names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('notes') }))
    await page.locator('.drop input[type=file]').setInputFiles(files)
    for (const name of names) await page.getByText(text.handOut.notAPicture(name)).waitFor()

    const [picture] = await pictures(1, 'long'.repeat(60))
    await page.locator('.drop input[type=file]').setInputFiles([picture as Picture])
    const name = page.getByRole('button', { name: picture?.name ?? '', exact: true })
    // Nothing moves once the page has asked for it.
    await page.getByLabel(text.apiKey.label).waitFor()
    const lines = () =>
      name.evaluate((element) =>
        Math.round(element.clientHeight / Number.parseFloat(getComputedStyle(element).lineHeight)),
      )
    await name.waitFor()
    expect(await lines()).toBe(2)
    await name.press('Enter')
    expect(await lines()).toBeGreaterThan(4)

    await page.setViewportSize({ width: 180, height: 740 })
    const remove = page.getByRole('button', { name: text.handOut.remove(picture?.name ?? ''), exact: true })
    const [first, second] = await Promise.all([
      page.locator('.hand-out-about').boundingBox(),
      remove.boundingBox(),
    ])
    expect((second?.y ?? 0) + (second?.height ?? 0)).toBeLessThanOrEqual(first?.y ?? 0)
  })
})
