import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import AdmZip from 'adm-zip'
import type { Page } from 'playwright-core'
import { freePort } from '../../../functions/emulate/free-port.ts'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import { GUEST_SCOPES } from '../../../shared/google-auth/sign-in.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { TOKEN_EXPIRED } from '../../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../../fakes/google-accounts.ts'
import { sample, temporaryDataDir } from '../../sample.ts'
import { inBrowser, pageErrors, readDownload } from './browser.ts'
import { text } from './english.ts'

const dataDir = await temporaryDataDir()
const { album, selfie } = await sample()
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
  let originals: Map<string, Buffer>
  let folderLink: string

  beforeAll(async () => {
    ;[accounts, drive] = await Promise.all([startGoogleAccounts('token-1'), startDriveServer()])
    drive.addToken('token-1', 'guest@gmail.com')
    originals = new Map()
    for (const name of PHOTOS) originals.set(name, await readFile(join(album, name)))
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
  })
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
    await page.getByRole('button', { name: text.source.signIn }).click()
    await page.getByText(text.source.signedInAs('guest@gmail.com')).waitFor()
    expect(new URL(page.url()).search).toBe('')
    await page.getByLabel(text.source.link).fill(`Our photos (${folderLink}), enjoy!`)
    // As some systems hand files out that have no extension.
    const unnamed = { name: 'selfie', mimeType: '', buffer: await readFile(selfie) }
    await page.locator('input[type=file][multiple]').first().setInputFiles(unnamed)
    await page.getByText(text.selfies.ready).waitFor()
    await page.getByRole('button', { name: text.find.start }).click()
  }
  const photos = (page: Page) => page.getByRole('list', { name: text.photo.list }).getByRole('listitem')

  test('signs in, finds, and downloads the originals with their own token', async () => {
    const page = await visit()
    const wrong = pageErrors(page)
    await signInAndSearch(page)
    await page.getByText(text.scan.done(4)).waitFor()
    expect(await photos(page).count()).toBe(4)
    // Small pictures come from the server, since Google's own are not for other sites' pages.
    await page.waitForFunction(() => {
      const pictures = [...document.querySelectorAll<HTMLImageElement>('.photo img')]
      return pictures.length === 4 && pictures.every(({ naturalWidth: w }) => w > 0 && w <= 320)
    })

    await page.getByRole('button', { name: text.selection.all }).click()
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: text.selection.download(4) }).click(),
    ])
    const entries = new AdmZip(await readDownload(zip)).getEntries()
    expect(entries.map(({ entryName }) => entryName).sort()).toEqual(PHOTOS.toSorted())
    for (const entry of entries) expect(originals.get(entry.entryName)?.equals(entry.getData())).toBe(true)

    await page
      .getByRole('button', { name: /^Open / })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('link', { name: text.photo.inDrive }).getAttribute('href')).toMatch(
      /^https:\/\/drive\.google\.com\/file\/d\/[\w-]+\/view$/,
    )
    // What the server made of the original, which only the guest's token opens.
    const preview = dialog.locator('.photo-large img:not([aria-busy=true])')
    await preview.waitFor()
    const widthOf = (picture: HTMLImageElement) => picture.decode().then(() => picture.naturalWidth)
    expect(await preview.evaluate(widthOf)).toBeGreaterThan(320)
    expect(wrong).toEqual([])
  })

  /** Makes the next sign-in return this token. */
  function nextToken(token: string) {
    drive.addToken(token, 'guest@gmail.com')
    accounts.answer({
      body: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: GUEST_SCOPES.join(' '),
      },
    })
  }
  const signedOut = (page: Page) => page.getByRole('heading', { name: text.scan.expiredHeading })
  /** Lets this many photos be read before Google refuses every token. */
  function expireAfter(photos: number) {
    const media = {
      method: 'GET',
      when: ({ query }: { query: Record<string, string> }) => query.alt === 'media',
    }
    drive.fault({ ...media, after: photos, times: Number.POSITIVE_INFINITY }, TOKEN_EXPIRED)
  }
  /** From now on Google refuses this token only. */
  function keepExpired(token: string) {
    drive.expireToken(token)
    drive.clearFaults()
  }
  /** The tokens that searches of the page are started with. */
  function tokensOfSearches(page: Page): string[] {
    const tokens: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/api/v1/scan') tokens.push(request.postDataJSON().access_token)
    })
    return tokens
  }

  test('whose token expires twice signs in again each time; the search continues and keeps its photos', async () => {
    nextToken('first')
    expireAfter(2)
    const page = await visit({ size: 'phone' })
    const tokens = tokensOfSearches(page)
    await signInAndSearch(page)
    await signedOut(page).waitFor()
    expect(await photos(page).count()).toBeLessThan(4)

    keepExpired('first')
    nextToken('second')
    expireAfter(1)
    // The scan's end arrives again before the code is exchanged: the expired token must not be sent again.
    await page.route('**/auth/google/callback', async (route) => {
      await signedOut(page).waitFor()
      await route.continue()
    })
    const restarted = page.waitForResponse('**/api/v1/scan')
    await page.getByRole('button', { name: text.source.signIn }).click()
    const { scan_id } = await (await restarted).json()
    await page.waitForFunction((id) => {
      const scan = JSON.parse(localStorage.getItem('scan') ?? '{}')
      return scan.scan_id === id && scan.ended_at !== undefined
    }, scan_id)

    await page.getByRole('button', { name: text.source.signIn }).waitFor()
    keepExpired('second')
    nextToken('third')
    await page.getByRole('button', { name: text.source.signIn }).click()
    await page.getByText(text.scan.done(4)).waitFor()
    expect(await photos(page).count()).toBe(4)
    expect(tokens).toEqual(['first', 'second', 'third'])
  })

  test('whose selfies are too large to store is not asked to sign in over and over', async () => {
    nextToken('small')
    expireAfter(1)
    const page = await visit()
    await signInAndSearch(page)
    await signedOut(page).waitFor()
    keepExpired('small')
    nextToken('large')
    await page.evaluate(() => {
      sessionStorage.removeItem('draft')
      // The space left fits a token but no selfie.
      for (let part = 0, size = 2 ** 20; size >= 1024; part++) {
        try {
          sessionStorage.setItem(`part ${part}`, 'x'.repeat(size))
        } catch {
          size /= 2
        }
      }
    })
    await page.getByRole('button', { name: text.source.signIn }).click()
    await page.getByRole('button', { name: text.scan.again }).click()
    await page.getByText(text.source.signedInAs('guest@gmail.com')).waitFor()
  })

  test('who signs in while the old token is still being refused stays signed in', async () => {
    nextToken('old')
    const page = await visit()
    await signInAndSearch(page)
    await page.getByText(text.scan.done(4)).waitFor()
    await page.getByRole('button', { name: text.scan.newSearch }).click()
    drive.expireToken('old')
    nextToken('new')
    await page.evaluate(() => sessionStorage.setItem('state', JSON.stringify('mine')))

    let startSearch = () => {}
    const searched = new Promise<void>((resolve) => {
      startSearch = resolve
    })
    await page.route('**/auth/google/callback', async (route) => {
      await searched
      await route.continue()
    })
    const exchanged = page.waitForResponse('**/auth/google/callback')
    await page.route('**/api/v1/scan', async (route) => {
      startSearch()
      const refusal = await route.fetch()
      await (await exchanged).finished()
      await page.waitForFunction(() => sessionStorage.getItem('account')?.includes('"new"'))
      await route.fulfill({ response: refusal })
    })
    await page.goto(`${server.url}/?code=code&state=mine`)
    await page.getByLabel(text.source.link).fill(folderLink)
    await page.locator('input[type=file][multiple]').first().setInputFiles(selfie)
    await page.getByText(text.selfies.ready).waitFor()
    await page.getByRole('button', { name: text.find.start }).click()
    await page.getByRole('alert').getByText(text.errors.token_expired).waitFor()
    const stored = await page.evaluate(() => sessionStorage.getItem('account'))
    expect(JSON.parse(stored ?? '{}')).toMatchObject({ access_token: 'new' })
    await page.getByText(text.source.signedInAs('guest@gmail.com')).waitFor()
  })

  test('is told about a denied sign-in, and about one that started elsewhere', async () => {
    const page = await visit()
    await page.goto(server.url)
    accounts.deny('access_denied')
    await page.getByRole('button', { name: text.source.signIn }).click()
    await page.getByText(text.source.denied).waitFor()
    await page.goto(`${server.url}/?code=stolen&state=somebody`)
    await page.getByText(text.source.wrongState).waitFor()
    expect(await page.getByText('Signed in as').count()).toBe(0)
  })
})
