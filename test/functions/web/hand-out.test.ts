import { EventEmitter, once } from 'node:events'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Route } from 'playwright-core'
import sharp from 'sharp'
import type { LocalServer } from '../../../functions/local/server.ts'
import { temporaryDataDir } from '../../sample.ts'
import { inBrowser, pageErrors, SIZES } from './browser.ts'
import { text } from './english.ts'
import { startPageServer } from './page-server.ts'
import { readQr } from './qr.ts'

const dataDir = await temporaryDataDir()
const otherDir = await temporaryDataDir()

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
  }, 60_000)
  afterAll(() => server?.close())

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

      await page.getByRole('button', { name: text.handOut.enlarge }).click()
      const qr = page.getByRole('dialog').getByRole('img', { name: 'Für Zoë.png' })
      await qr.evaluate((image: HTMLImageElement) => image.decode())
      const link = await readQr(qr)
      const answer = await fetch(link ?? '')
      expect(Buffer.from(await answer.arrayBuffer()).equals(await readFile(picture))).toBe(true)

      await page.keyboard.press('Escape')
      await input.setInputFiles(picture)
      await page.getByText(text.handOut.ready).nth(1).waitFor()
      expect(await page.getByLabel(text.apiKey.label).count()).toBe(0)
      expect(wrong).toEqual([])
    },
    30_000,
  )

  test('a key entered while another picture is still being refused is kept, and used for that one too', async () => {
    const page = await visit()
    await page.goto(`${server.url}/#hand-out`)
    const uploads: Route[] = []
    const uploading = new EventEmitter()
    const nextUpload = async () => {
      if (uploads.length === 0) await once(uploading, 'upload')
      return uploads.shift() as Route
    }
    await page.route('**/drive/upload', (route) => {
      uploads.push(route)
      uploading.emit('upload')
    })
    await page.locator('.drop input[type=file]').setInputFiles([picture, second])
    const early = await nextUpload()
    const late = await nextUpload()
    await early.continue()
    await page.getByLabel(text.apiKey.label).fill('the-key')
    await page.getByRole('button', { name: text.apiKey.save }).click()
    const accepted = await nextUpload()
    const refused = page.waitForResponse((response) => response.status() === 401)
    await late.continue()
    await (await refused).finished()
    await accepted.continue()
    await (await nextUpload()).continue()
    await page.getByText(text.handOut.ready).nth(1).waitFor()
    expect(await page.evaluate(() => sessionStorage.getItem('api-key'))).toBe('the-key')
  })

  test('no key is asked for if the server has none', async () => {
    const open = await startPageServer(otherDir, otherDir, '0', { HOST: '0.0.0.0' })
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

  test('a file that is not a picture is refused before it is sent', async () => {
    const page = await visit()
    await page.goto(`${server.url}/#hand-out`)
    const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') }
    await page.locator('.drop input[type=file]').setInputFiles(file)
    await page.getByText(text.handOut.notAPicture('notes.txt')).waitFor()
  })
})
