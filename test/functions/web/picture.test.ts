import { afterAll, beforeAll, expect, test } from '@jest/globals'
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
  navigator.canShare = () => true
  navigator.share = async (data) => void shared.push(data as { files?: File[] })
}

inBrowser('the page of a picture', ({ visit }) => {
  let server: LocalServer
  let picture: Buffer
  let upload: UploadResponse

  beforeAll(async () => {
    picture = await sharp({ create: { width: 900, height: 1600, channels: 3, background: '#7aa' } })
      .jpeg()
      .toBuffer()
    server = await startPageServer(dataDir, dataDir)
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(picture)]), 'Für Zoë.jpg')
    const answer = await fetch(`${server.url}/api/v1/drive/upload`, { method: 'POST', body: form })
    upload = await answer.json()
  }, 60_000)
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
    await share.click()
    const shared = await page.evaluate(async () => {
      const [data] = (window as unknown as { shared: { files: File[] }[] }).shared
      const [file] = data?.files ?? []
      return { name: file?.name, type: file?.type, size: file?.size }
    })
    expect(shared).toEqual({ name: 'Für Zoë.jpg', type: 'image/jpeg', size: picture.length })

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: text.picture.save }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Für Zoë.jpg')
    expect(await page.getByRole('link', { name: text.picture.drive }).count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    expect(wrong).toEqual([])
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

  test('a picture in Google Drive is shown from there, and leads there when Google does not show it', async () => {
    const page = await visit({ size: 'phone', before: rememberShared })
    const wrong = pageErrors(page)
    let body: Buffer | undefined = picture
    await page.route('https://drive.google.com/thumbnail?*', (route) =>
      body ? route.fulfill({ contentType: 'image/jpeg', body }) : route.fulfill({ status: 404 }),
    )
    const id = '1aDxL6AEHYywAdfWvZETbQcDZ3dbxS4aa'
    await page.goto(`${server.url}/p/${id}`)
    await page.waitForFunction(() => (document.querySelector('img')?.naturalWidth ?? 0) > 0)
    await page.getByRole('button', { name: text.picture.share }).click()
    const shared = await page.evaluate(() => (window as unknown as { shared: { url: string }[] }).shared)
    expect(shared).toEqual([{ url: `${server.url}/p/${id}` }])
    const drive = page.getByRole('link', { name: text.picture.drive })
    expect(await drive.getAttribute('href')).toBe(`https://drive.google.com/file/d/${id}/view?usp=sharing`)

    body = undefined
    await page.reload()
    await page.getByRole('heading', { name: text.picture.gone.heading }).waitFor()
    await drive.waitFor()
    expect(wrong).toEqual([])
  })
})
