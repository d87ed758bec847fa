import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { googleDrive } from '../../../../shared/drive/google/drive.ts'

const FOLDER = 'application/vnd.google-apps.folder'
const SHORTCUT = 'application/vnd.google-apps.shortcut'

const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

/** A Google whose folder never ends: `page` makes what is on each page, of which every one names a next. */
async function endless(page: (index: number) => { token: string; files?: object[] }) {
  let pages = 0
  const server = createServer((request, response) => {
    const isList = request.url?.startsWith('/drive/v3/files?')
    const folder = { id: 'folder', name: 'Photos', mimeType: FOLDER }
    const { token = '', files = [] } = isList ? page(pages++) : {}
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isList ? { nextPageToken: token, files } : folder))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const drive = googleDrive({ apiRoot: `http://127.0.0.1:${port}` })
  return {
    list: () => drive.listImages({ id: 'folder' }, 'token', { recursive: true, maxFiles: 100 }),
    pages: () => pages,
  }
}

const unavailable = { code: 'drive_unavailable', message: expect.stringContaining('end of this folder') }

test('a page that names itself as the next one ends the listing', async () => {
  const { list, pages } = await endless(() => ({ token: 'again' }))
  await expect(list()).rejects.toMatchObject(unavailable)
  expect(pages()).toBe(2)
})

test('so do pages without an end', async () => {
  const { list, pages } = await endless((index) => ({ token: `${index}` }))
  await expect(list()).rejects.toMatchObject(unavailable)
  expect(pages()).toBe(1_000 + 100 / 10 + 1)
})

test('shortcuts without an end are not all kept, nor looked up', async () => {
  const shortcut = (id: string) => ({
    id,
    mimeType: SHORTCUT,
    shortcutDetails: { targetId: `to-${id}`, targetMimeType: 'image/jpeg' },
  })
  const { list, pages } = await endless((index) => ({
    token: `${index}`,
    files: Array.from({ length: 1_000 }, (_, n) => shortcut(`${index}-${n}`)),
  }))
  await expect(list()).rejects.toMatchObject({ code: 'too_many_files' })
  expect(pages()).toBe(11)
})
