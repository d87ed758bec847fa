import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import AdmZip from 'adm-zip'
import type { Page } from 'playwright-core'
import { freePort } from '../../../functions/local/free-port.ts'
import { sampleAlbum } from '../../../functions/local/sample-album.ts'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import { parseConfig } from '../../../shared/config.ts'
import { GUEST_SCOPES } from '../../../shared/google-auth/sign-in.ts'
import { createLog } from '../../../shared/log.ts'
import { TOKEN_EXPIRED } from '../../drive-server/faults.ts'
import { type DriveServer, startDriveServer } from '../../drive-server/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../shared/google-auth/google-accounts.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { complaints, inBrowser } from './browser.ts'

const dataDir = await temporaryDir()
const PHOTOS = [
  'portrait-16.jpg',
  'portrait-16-mirrored.jpg',
  'portrait-16-dark.jpg',
  'portrait-16-rotated-3.jpg',
]

/** The page where photos are in Google Drive, with stand-ins for Drive and for Google's sign-in. */
inBrowser('a guest of a Google Drive folder', ({ visit }) => {
  let accounts: GoogleAccounts
  let drive: DriveServer
  let server: LocalServer
  let selfie: string
  let originals: Map<string, Buffer>
  let folderLink: string

  beforeAll(async () => {
    const album = await sampleAlbum(dataDir)
    selfie = album.selfie
    ;[accounts, drive] = await Promise.all([startGoogleAccounts('token-1'), startDriveServer()])
    drive.addToken('token-1', 'guest@gmail.com')
    drive.addToken('token-2', 'guest@gmail.com')
    originals = new Map()
    for (const name of PHOTOS) originals.set(name, await readFile(join(album.dir, name)))
    // Google sends guests back to an address that has to be known before the server starts.
    const port = await freePort()
    const config = parseConfig({
      PORT: String(port),
      DATA_DIR: dataDir,
      MATCH_CONCURRENCY: '1',
      GOOGLE_CLIENT_ID: 'id',
      GOOGLE_CLIENT_SECRET: 'secret',
      GOOGLE_REDIRECT_URI: `http://127.0.0.1:${port}/`,
      GOOGLE_OAUTH_ROOT: accounts.url,
      GOOGLE_API_ROOT: drive.url,
    })
    server = await startServer(config, { log: createLog('silent'), photosDir: undefined })
  }, 120_000)
  beforeEach(() => {
    drive.clearFaults()
    // Photos that no search has seen before.
    const folder = drive.addFolder('wedding')
    folderLink = `https://drive.google.com/drive/folders/${folder.id}?usp=sharing`
    for (const [name, bytes] of originals) drive.addFile(name, folder, bytes)
  })
  afterAll(async () => {
    await server?.close()
    await Promise.all([accounts?.close(), drive?.close()])
  })

  async function signInAndSearch(page: Page) {
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Sign in with Google' }).click()
    await page.getByText('Signed in as guest@gmail.com').waitFor()
    expect(new URL(page.url()).search).toBe('')
    await page.getByLabel('Link of the Google Drive folder').fill(folderLink)
    await page.locator('input[type=file][multiple]').first().setInputFiles(selfie)
    await page.getByText('Face found').waitFor()
    await page.getByRole('button', { name: 'Find my photos' }).click()
  }
  const photos = (page: Page) => page.getByRole('list', { name: 'Photos of you' }).getByRole('listitem')

  test('signs in, finds, and downloads the originals with their own token', async () => {
    const page = await visit()
    const wrong = complaints(page)
    await signInAndSearch(page)
    await page.getByText('All 4 photos were looked through.').waitFor()
    expect(await photos(page).count()).toBe(4)
    // Small pictures come from the server, since Google's own are not for other sites' pages.
    await page.waitForFunction(() => {
      const pictures = [...document.querySelectorAll<HTMLImageElement>('.photo img')]
      return pictures.length === 4 && pictures.every(({ naturalWidth: w }) => w > 0 && w <= 320)
    })

    await page.getByRole('button', { name: 'Select all' }).click()
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download 4 as ZIP' }).click(),
    ])
    const entries = new AdmZip(await zip.path()).getEntries()
    expect(entries.map(({ entryName }) => entryName).sort()).toEqual(PHOTOS.toSorted())
    for (const entry of entries) expect(originals.get(entry.entryName)?.equals(entry.getData())).toBe(true)

    await page
      .getByRole('button', { name: /^Open / })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('link', { name: 'Open in Drive' }).getAttribute('href')).toMatch(
      /^https:\/\/drive\.google\.com\/file\/d\/[\w-]+\/view$/,
    )
    // The original, which only the guest's token opens.
    await dialog.locator('img[src^="blob:"]').waitFor()
    expect(wrong).toEqual([])
  }, 60_000)

  test('whose token expires signs in again; the search goes on and keeps what it found', async () => {
    const media = {
      method: 'GET',
      when: ({ query }: { query: Record<string, string> }) => query.alt === 'media',
    }
    drive.fault({ ...media, after: 2, times: Number.POSITIVE_INFINITY }, TOKEN_EXPIRED)
    const page = await visit({ size: 'phone' })
    await signInAndSearch(page)
    await page.getByRole('heading', { name: 'Google has signed you out' }).waitFor()
    const kept = await photos(page).count()
    expect(kept).toBeLessThan(4)

    drive.clearFaults()
    accounts.answer({
      body: {
        access_token: 'token-2',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: GUEST_SCOPES.join(' '),
      },
    })
    await page.getByRole('button', { name: 'Sign in with Google' }).click()
    await page.getByText('All 4 photos were looked through.').waitFor()
    expect(await photos(page).count()).toBe(4)
  }, 60_000)

  test('who allows nothing, or comes back from a sign-in that began elsewhere, is told', async () => {
    const page = await visit()
    await page.goto(server.url)
    accounts.deny('access_denied')
    await page.getByRole('button', { name: 'Sign in with Google' }).click()
    await page.getByText('Google did not sign you in.').waitFor()
    await page.goto(`${server.url}/?code=stolen&state=somebody`)
    await page.getByText('That sign-in did not begin on this page.').waitFor()
    expect(await page.getByText('Signed in as').count()).toBe(0)
  })
})
