import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { pictureRoutes } from '../../../functions/preview/pictures.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import { directoryUpload } from '../../../shared/drive/directory/upload.ts'
import { createPreviewer } from '../../../shared/face/previewer.ts'
import { createApp } from '../../../shared/http/app.ts'
import { keptPreviews } from '../../../shared/scan/previews/previews.ts'
import { sourceOf } from '../../shared/drive/upload-contract.ts'
import { silent } from '../../shared/scan/scan-fixture.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const dir = await temporaryDir()
const pictures = directoryUpload({
  root: join(dir, 'drive'),
  base: { apiBaseUrl: 'http://localhost/api/v1' },
})
const previewer = createPreviewer({ concurrency: 1, maxTasks: 1000 })
afterAll(() => previewer.close())

const appOf = (from: Parameters<typeof pictureRoutes>[0]['pictures']) =>
  createApp({ log: silent, allowedOrigins: [] }).route(
    '/',
    pictureRoutes({ pictures: from, previewer, previews: keptPreviews() }, { networkOf: () => undefined }),
  )
const app = appOf(pictures)
const preview = (id: string, headers: Record<string, string> = {}) =>
  app.request(`/drive/files/${id}/preview`, { headers })

async function uploaded(name: string, content: Uint8Array, type: string, id?: string): Promise<string> {
  const fileId = id ?? (await pictures.reserveId())
  await pictures.upload(sourceOf(name, content, type), fileId, undefined, { replace: id !== undefined })
  return fileId
}

let heic: Uint8Array
beforeAll(async () => {
  heic = new Uint8Array(await readFile('test/shared/face/fixtures/portrait.heic'))
})

test('an uploaded picture is shown as any browser shows it, under its name', async () => {
  const id = await uploaded('Für Zoë.heic', heic, 'image/heic')
  const first = await preview(id)
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'content-type': 'image/webp',
    'content-disposition': expect.stringContaining("filename*=UTF-8''F%C3%BCr%20Zo%C3%AB.heic"),
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
  })
  expect((await sharp(await first.arrayBuffer()).metadata()).format).toBe('webp')
  const etag = first.headers.get('etag')
  for (const known of [`${etag}`, `"other", W/${etag}`]) {
    expect((await preview(id, { 'if-none-match': known })).status).toBe(304)
  }

  const grey = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
    .tiff()
    .toBuffer()
  await uploaded('other.tif', new Uint8Array(grey), 'image/tiff', id)
  const second = await preview(id)
  expect((await sharp(await second.arrayBuffer()).metadata()).width).toBe(8)
})

test('an animation stays one', async () => {
  const gif = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
    .gif()
    .toBuffer()
  const answer = await preview(await uploaded('a.gif', new Uint8Array(gif), 'image/gif'))
  expect(answer.headers.get('content-type')).toBe('image/gif')
  expect(Buffer.from(await answer.arrayBuffer()).equals(gif)).toBe(true)
})

test('one that is deleted while its preview waits is gone', async () => {
  const id = await uploaded('late.heic', heic, 'image/heic')
  const late = appOf({
    async picture(fileId) {
      const picture = await pictures.picture(fileId)
      await rm(join(dir, 'drive', `${id}.heic`))
      return picture
    },
  })
  const answer = await late.request(`/drive/files/${id}/preview`)
  expect([answer.status, (await answer.json()).error.code]).toEqual([404, 'file_not_found'])
})

test('nothing else is shown, and guests are not told what is wrong with the authorisation', async () => {
  for (const id of [`stored_${'x'.repeat(32)}`, 'local_L2EuanBn', 'a', '..%2f..']) {
    expect((await preview(id)).status).toBe(404)
  }
  const refused = appOf({
    picture: () => Promise.reject(new AppError('uploader_not_authorized', 'Run npm run authorize.')),
  })
  const answer = await refused.request('/drive/files/1aDxL6AEHYywAdfWvZETbQcDZ3dbxS4aa/preview')
  expect([answer.status, (await answer.json()).error.code]).toEqual([502, 'drive_unavailable'])
})
