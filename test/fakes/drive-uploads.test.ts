import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import type { Item } from './drive/items.ts'
import { type DriveServer, startDriveServer } from './drive/server.ts'
import { CHUNK_UNIT } from './drive/uploads.ts'

const drive = new drive_v3.Drive({})
const headers = { Authorization: 'Bearer token' }
const photo = Buffer.from(Uint8Array.from({ length: 2 * CHUNK_UNIT + 10 }, (_, index) => index % 251))

let server: DriveServer
let root: Item
beforeEach(async () => {
  server = await startDriveServer()
  server.addToken('token')
  root = server.addFolder('Results')
})
afterEach(() => server.close())

const options = () => ({ rootUrl: server.url, headers, retry: false, validateStatus: () => true })
const stored = async (id: string) => Buffer.from((await server.items.get(id).content?.read()) ?? [])
const refusal = (answer: { status: number; data: unknown }) => [
  answer.status,
  (answer.data as { error: { errors: { reason: string }[] } }).error.errors[0]?.reason,
]

async function newId(): Promise<string> {
  const { data } = await drive.files.generateIds({ count: 1, fields: 'ids' }, options())
  return data.ids?.[0] ?? ''
}
const create = (requestBody: object) =>
  drive.files.create(
    {
      requestBody,
      media: { mimeType: 'image/png', body: Readable.from(photo) },
      fields: 'id,name,size,mimeType',
    },
    options(),
  )

describe('a multipart upload', () => {
  test('by googleapis makes a file under the generated id, once', async () => {
    const id = await newId()
    const { data } = await create({ id, name: 'result.png', parents: [root.id] })
    expect(data).toEqual({ id, name: 'result.png', size: String(photo.length), mimeType: 'image/png' })
    expect((await stored(id)).equals(photo)).toBe(true)
    expect(refusal(await create({ id, name: 'result.png', parents: [root.id] }))).toEqual([
      409,
      'fileIdInUse',
    ])
    server.items.remove(id)
    expect(refusal(await create({ id, name: 'result.png' }))).toEqual([409, 'fileIdInUse'])
  })

  test.each([
    ['an id that was not generated', { id: 'my-own' }, 400, 'invalidParameter'],
    ['an unknown field', { title: 'result.png' }, 400, 'invalidParameter'],
    ['a folder that is not there', { parents: ['nowhere'] }, 404, 'notFound'],
  ])('is refused with %s', async (_, metadata, status, reason) => {
    expect(refusal(await create(metadata))).toEqual([status, reason])
  })

  test('by googleapis replaces content, name and trash', async () => {
    const item = server.addFile('old.jpg', root, Buffer.from('old'), { trashed: true })
    const requestBody = { name: 'new.png', trashed: false }
    const media = { mimeType: 'image/png', body: Readable.from(photo) }
    await drive.files.update({ fileId: item.id, requestBody, media }, options())
    expect(server.items.get(item.id)).toMatchObject({
      name: 'new.png',
      mimeType: 'image/png',
      trashed: false,
    })
    expect((await stored(item.id)).equals(photo)).toBe(true)
  })
})

describe('a resumable upload', () => {
  async function open(metadata: object = { name: 'result.png' }): Promise<string> {
    const response = await fetch(`${server.url}/upload/drive/v3/files?uploadType=resumable&fields=id`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json', 'X-Upload-Content-Type': 'image/png' },
      body: JSON.stringify(metadata),
    })
    expect(response.status).toBe(200)
    return response.headers.get('location') ?? ''
  }
  const put = (session: string, range: string, body: Buffer = Buffer.alloc(0)) =>
    fetch(session, {
      method: 'PUT',
      headers: { ...headers, 'Content-Range': range },
      body: new Uint8Array(body),
      redirect: 'manual',
    })
  const total = photo.length

  test('takes chunk after chunk and says how far it is', async () => {
    const session = await open()
    expect((await put(session, `bytes */${total}`)).headers.get('range')).toBeNull()
    const first = await put(session, `bytes 0-${CHUNK_UNIT - 1}/${total}`, photo.subarray(0, CHUNK_UNIT))
    expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${CHUNK_UNIT - 1}`])
    const last = await put(session, `bytes ${CHUNK_UNIT}-${total - 1}/${total}`, photo.subarray(CHUNK_UNIT))
    const { id } = (await last.json()) as { id: string }
    expect((await stored(id)).equals(photo)).toBe(true)
    // Asked again, as after an answer that got lost.
    expect(await (await put(session, `bytes */${total}`)).json()).toEqual({ id })
    expect(server.items.all.size).toBe(2)
  })

  test('keeps what arrived before the connection broke', async () => {
    const session = await open()
    server.fault({ method: 'PUT' }, 'cut upload')
    await expect(put(session, `bytes 0-${total - 1}/${total}`, photo)).rejects.toBeDefined()
    const state = await put(session, `bytes */${total}`)
    expect([state.status, state.headers.get('range')]).toEqual([308, `bytes=0-${CHUNK_UNIT - 1}`])
  })

  test('may be complete although the answer got lost', async () => {
    const session = await open()
    server.fault({ method: 'PUT' }, 'lose answer')
    await expect(put(session, `bytes 0-${total - 1}/${total}`, photo)).rejects.toBeDefined()
    expect((await put(session, `bytes */${total}`)).status).toBe(200)
  })

  test.each([
    ['another place than the next byte', `bytes 5-${total + 4}/*`, photo],
    ['a chunk in no whole units', 'bytes 0-9/100', photo.subarray(0, 10)],
    ['a range of another length', `bytes 0-8/9`, photo.subarray(0, 10)],
    ['a range that is none', 'bytes=0-9', photo.subarray(0, 10)],
  ])('refuses %s', async (_, range, body) => {
    expect((await put(await open(), range, body)).status).toBe(400)
  })

  test('is unknown under another id', async () => {
    const session = await open()
    expect((await put(session.replace(/upload_id=.*/, 'upload_id=x'), `bytes */${total}`)).status).toBe(404)
  })
})

describe('a permission', () => {
  const anyone = { type: 'anyone', role: 'reader' }

  test('for anyone is given once, however often', async () => {
    const { id: fileId } = server.addFile('result.png', root, photo)
    for (let n = 0; n < 2; n++) await drive.permissions.create({ fileId, requestBody: anyone }, options())
    const { data } = await drive.permissions.list({ fileId }, options())
    expect(data.permissions).toEqual([{ kind: 'drive#permission', id: 'anyoneWithLink', ...anyone }])
  })

  test.each([
    { type: 'anyone', role: 'owner' },
    { type: 'user', role: 'reader' },
    { ...anyone, expiry: 1 },
  ])('is refused as %j', async (requestBody) => {
    const { id: fileId } = server.addFile('result.png', root, photo)
    expect((await drive.permissions.create({ fileId, requestBody }, options())).status).toBe(400)
  })
})
