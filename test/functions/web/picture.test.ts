import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { LocalServer } from '../../../functions/local/server.ts'
import type { UploadResponse } from '../../../shared/contract/drive.ts'
import { temporaryDataDir } from '../../sample.ts'
import { inBrowser, pageErrors } from './browser.ts'
import { text } from './english.ts'
import { startPageServer } from './page-server.ts'

const dataDir = await temporaryDataDir()

/** Stands for the dialog of the phone, which tests cannot open. */
function rememberShared() {
  const shared: { files?: File[]; url?: string }[] = []
  Object.assign(window, { shared })
  // As Chrome on Android.
  navigator.canShare = (data) => !data?.files?.some(({ type }) => type === 'image/heic')
  navigator.share = async (data) => void shared.push(data as { files?: File[] })
}

const sharedFile = (page: Page) =>
  page.evaluate(() => {
    const [data] = (window as unknown as { shared: { files: File[] }[] }).shared
    const [file] = data?.files ?? []
    return { name: file?.name, type: file?.type, size: file?.size }
  })

const widthOf = (page: Page) =>
  page.locator('img.picture').evaluate(async (image: HTMLImageElement) => {
    await image.decode()
    return image.naturalWidth
  })

inBrowser('the page of a picture', ({ visit }) => {
  let server: LocalServer
  let picture: Buffer
  let upload: UploadResponse

  async function uploaded(name: string, bytes: Buffer): Promise<UploadResponse> {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)]), name)
    const answer = await fetch(`${server.url}/api/v1/drive/upload`, { method: 'POST', body: form })
    return answer.json()
  }

  beforeAll(async () => {
    picture = await sharp({ create: { width: 900, height: 1600, channels: 3, background: '#7aa' } })
      .jpeg()
      .toBuffer()
    server = await startPageServer(dataDir, dataDir)
    upload = await uploaded('Für Zoë.jpg', picture)
  })
  afterAll(() => server?.close())

  test('shows the picture, shares the file at one tap, and saves it', async () => {
    const page = await visit({ size: 'phone', before: rememberShared })
    const wrong = pageErrors(page)
    await page.goto(upload.page_url)
    const image = page.getByRole('img', { name: 'Für Zoë.jpg' })
    await image.waitFor()
    const share = page.getByRole('button', { name: text.picture.share })
    const box = await share.boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(740)
    await page.locator('button:not([aria-disabled=true])', { hasText: text.picture.share }).click()
    expect(await sharedFile(page)).toEqual({ name: 'Für Zoë.jpg', type: 'image/jpeg', size: picture.length })

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: text.picture.save }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Für Zoë.jpg')
    expect(await page.getByRole('link', { name: text.picture.drive }).count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    expect(wrong).toEqual([])
  })

  test('where a browser cannot share, as at a booth without https, saving is the main button', async () => {
    const page = await visit({
      size: 'phone',
      before: () => void Reflect.deleteProperty(Navigator.prototype, 'share'),
    })
    await page.goto(upload.page_url)
    await page.getByRole('img', { name: 'Für Zoë.jpg' }).waitFor()
    await page.locator('a.button-main', { hasText: text.picture.save }).waitFor()
    expect(await page.getByRole('button', { name: text.picture.share }).count()).toBe(0)
  })

  test('a picture that is gone, and an address of none, say so in words', async () => {
    const page = await visit({ size: 'phone' })
    const wrong = pageErrors(page)
    const [gone] = [`stored_${'x'.repeat(32)}`]
    for (const id of [gone, 'local_L2EuanBn', 'a', '%2e%2e%2fapi']) {
      await page.goto(`${server.url}/p/${id}`)
      await page.getByRole('heading', { name: text.picture.gone.heading }).waitFor()
    }
    expect(wrong).toEqual([])
  })

  test('what browsers cannot show is converted; the file that was uploaded is saved', async () => {
    const heic = await readFile('test/shared/face/fixtures/portrait.heic')
    const { page_url, file_id } = await uploaded('IMG_1.heic', heic)
    const page = await visit({ size: 'phone', before: rememberShared })
    await page.goto(page_url)
    expect(await widthOf(page)).toBeGreaterThan(100)
    await page.locator('button:not([aria-disabled=true])', { hasText: text.picture.share }).click()
    expect(await sharedFile(page)).toMatchObject({ name: 'IMG_1.jpg', type: 'image/jpeg' })
    const save = page.getByRole('link', { name: text.picture.save })
    expect(await save.getAttribute('href')).toBe(`/api/v1/drive/files/${file_id}/content`)
  })

  test('a picture in Google Drive is shown, shared as a file and saved; where it is gone, the page leads there', async () => {
    const page = await visit({ size: 'phone', before: rememberShared })
    const wrong = pageErrors(page)
    const id = '1aDxL6AEHYywAdfWvZETbQcDZ3dbxS4aa'
    let body: Buffer | undefined = await sharp(picture).webp().toBuffer()
    await page.route(`**/api/v1/drive/files/${id}/preview`, (route) =>
      body
        ? route.fulfill({
            contentType: 'image/webp',
            headers: { 'content-disposition': 'inline; filename="cake.heic"' },
            body,
          })
        : route.fulfill({ status: 404 }),
    )
    await page.goto(`${server.url}/p/${id}`)
    expect(await widthOf(page)).toBe(900)
    await page.locator('button:not([aria-disabled=true])', { hasText: text.picture.share }).click()
    expect(await sharedFile(page)).toMatchObject({ name: 'cake.jpg', type: 'image/jpeg' })
    const save = page.getByRole('link', { name: text.picture.save })
    expect(await save.getAttribute('href')).toBe(`https://drive.google.com/uc?id=${id}&export=download`)
    const drive = page.getByRole('link', { name: text.picture.drive })
    expect(await drive.getAttribute('href')).toBe(`https://drive.google.com/file/d/${id}/view?usp=sharing`)

    body = undefined
    await page.reload()
    await page.getByRole('heading', { name: text.picture.gone.heading }).waitFor()
    await drive.waitFor()
    expect(wrong).toEqual([])
  })
})
