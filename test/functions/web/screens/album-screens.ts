import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { type Client, createClient } from '../../../../shared/client/client.ts'
import type { Visit } from '../browser.ts'
import { text } from '../english.ts'
import type { Screens } from './screens.ts'

/** Visits the screens and states of albums, for their organiser and for guests. */
export async function walkAlbumScreens(
  visit: (options?: Visit) => Promise<Page>,
  { server, selfie, stranger, photosDir }: Screens,
  look: (name: string, page: Page) => Promise<void>,
): Promise<void> {
  const client = createClient({ apiBase: `${server.url}/api/v1` })
  const page = await visit()
  const button = (name: string) => page.getByRole('button', { name }).first()
  const addSelfie = (file: string) => page.locator('input[type=file][multiple]').setInputFiles(file)
  const pictures = () =>
    page.waitForFunction(() =>
      [...document.images].every(
        (image) => image.closest('[hidden], .poster-sheet') || (image.complete && image.naturalWidth > 0),
      ),
    )

  await page.goto(`${server.url}/#albums`)
  await button(text.albums.create).waitFor()
  await look('albums-none', page)
  const { album_id } = await client.albums.create({
    drive_link: 'local:/',
    title: 'Anna & Ben',
    code: 'anna',
  })
  await indexed(client, album_id)
  await page.reload()
  await button(text.albums.showFailed).waitFor()
  await look('albums', page)
  await button(text.albums.change).click()
  await page.getByRole('dialog').waitFor()
  await look('albums-change', page)
  await page.keyboard.press('Escape')
  await button(text.albums.poster).click()
  await pictures()
  await look('albums-poster', page)

  await page.goto(`${server.url}/a/${album_id}`)
  await button(text.find.start).click()
  await page.getByText(text.album.needsConsent).waitFor()
  await look('album-form', page)
  await page.getByLabel(text.album.consent).check()
  await page.getByLabel(text.album.code).fill('ben1')
  await addSelfie(selfie)
  await page.getByText(text.errors.album_code_wrong).waitFor()
  await pictures()
  await look('album-code-wrong', page)
  await page.getByLabel(text.album.code).fill('anna')
  await button(text.find.start).click()
  await page.getByRole('list', { name: text.photo.list }).waitFor()
  const later = join(photosDir, 'later.jpg')
  await copyFile(selfie, later)
  await client.albums.refresh(album_id)
  await page.getByText(text.album.fresh(1)).waitFor()
  await rm(later)
  await pictures()
  await look('album-fresh', page)
  await page.context().setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByText(text.album.lost).waitFor()
  await look('album-lost', page)
  await page.context().setOffline(false)
  // Away from the page, which notes that it has searched on, as it does where a photo has gone.
  await page.goto(`${server.url}/icon.svg`)
  await page.evaluate((key) => {
    const search = JSON.parse(localStorage.getItem(key) ?? '{}')
    localStorage.setItem(key, JSON.stringify({ ...search, index_version: 0 }))
  }, `album:${album_id}`)
  await page.goto(`${server.url}/a/${album_id}`)
  await button(text.album.lookAgain).waitFor()
  await pictures()
  await look('album-newer', page)

  await page.evaluate(() => localStorage.clear())
  await client.albums.patch(album_id, { closed: true, code: null })
  await page.reload()
  await page.getByRole('heading', { name: text.album.closed.heading }).waitFor()
  await look('album-closed', page)
  await client.albums.patch(album_id, { closed: false })
  await page.getByLabel(text.album.consent).check()
  await addSelfie(stranger)
  await page.getByText(text.album.nothing).waitFor()
  await look('album-nothing', page)
  await client.albums.erase(album_id)
}

/** Resolves when no photo of the album is missing in its index. */
export async function indexed({ albums }: Pick<Client, 'albums'>, albumId: string): Promise<void> {
  for await (const { indexing, photos } of albums.updates(albumId)) if (!indexing && photos > 0) return
}
