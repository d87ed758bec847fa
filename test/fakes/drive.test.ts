import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Item } from './drive/items.ts'
import { type DriveServer, startDriveServer } from './drive/server.ts'

/** The stand-in is worth something only as long as it refuses what it does not know. */

let server: DriveServer
let root: Item

beforeEach(async () => {
  server = await startDriveServer()
  server.addToken('token', 'someone@example.com')
  root = server.addFolder('Photos')
})
afterEach(() => server.close())

async function get(path: string, headers: Record<string, string> = { Authorization: 'Bearer token' }) {
  const response = await fetch(server.url + path, { headers })
  const body = (await response.json()) as { error?: { errors: { reason: string; location: string }[] } }
  return { status: response.status, body, error: body.error?.errors[0] }
}
const list = (q: string, rest = '') => get(`/drive/v3/files?q=${encodeURIComponent(q)}${rest}`)

describe('refused with 400', () => {
  test.each([
    ['an unknown path', '/drive/v3/changes'],
    ['an unknown method of a known path', '/drive/v2/files'],
    ['an unknown parameter', '/drive/v3/files?q=trashed%3Dfalse&orderby=name'],
    ['a parameter given twice', '/drive/v3/files?q=trashed%3Dfalse&pageSize=1&pageSize=2'],
    ['a page size out of range', '/drive/v3/files?q=trashed%3Dfalse&pageSize=1001'],
    ['a list without a query', '/drive/v3/files'],
    ['shared drives half asked for', '/drive/v3/files?q=trashed%3Dfalse&includeItemsFromAllDrives=true'],
    ['a drive without its corpus', '/drive/v3/files?q=trashed%3Dfalse&driveId=x'],
    ['a page token that never was', '/drive/v3/files?q=trashed%3Dfalse&pageToken=abc'],
    ['about without fields', '/drive/v3/about'],
  ])('is %s', async (_, path) => {
    expect((await get(path)).status).toBe(400)
  })

  test.each([
    "name = 'x'",
    "'x' in owners",
    "mimeType > 'image/'",
    'mimeType = image/jpeg',
    'trashed = no',
    'trashed',
    "trashed = false and (mimeType = 'a'",
    "trashed = false mimeType = 'a'",
    "trashed = false and mimeType = 'a' or mimeType = 'b'",
    "mimeType = 'it's'",
    '',
  ])('is the query %j', async (q) => {
    expect(await list(q)).toMatchObject({ status: 400 })
  })

  test.each([
    'nextPage',
    'files(id,nam)',
    'files/idd',
    'files(id',
    'files(shortcutDetails(target))',
    'id,,name',
  ])('are the fields %j', async (fields) => {
    expect(await list('trashed=false', `&fields=${encodeURIComponent(fields)}`)).toMatchObject({
      status: 400,
      error: { location: 'fields' },
    })
  })

  test('is a page token with another query', async () => {
    await server.close()
    server = await startDriveServer({ pageLimit: 1 })
    server.addToken('token')
    for (const name of ['a', 'b']) server.addFolder(name)
    const { body } = (await list('trashed=false')) as { body: { nextPageToken?: string } }
    expect((await list('trashed=false', `&pageToken=${body.nextPageToken}`)).status).toBe(200)
    expect((await list('trashed = false', `&pageToken=${body.nextPageToken}`)).status).toBe(400)
  })

  test('are resource keys that cannot be read', async () => {
    const headers = { Authorization: 'Bearer token', 'X-Goog-Drive-Resource-Keys': 'key' }
    expect((await get(`/drive/v3/files/${root.id}`, headers)).status).toBe(400)
  })
})

describe('understood', () => {
  test('is a query with parentheses, escapes and either spacing', async () => {
    server.addFile('a.jpg', root, new Uint8Array(3))
    server.addFile('b.txt', root, new Uint8Array(3))
    server.addFile('c.jpg', root, new Uint8Array(3), { trashed: true })
    const q = `'${root.id}' in parents and trashed=false and (mimeType contains 'image/' or mimeType = 'it\\'s')`
    expect(await list(q, '&fields=files(name,size,md5Checksum)')).toMatchObject({
      status: 200,
      body: { files: [{ name: 'a.jpg', size: '3', md5Checksum: '693e9af84d3dfcc71e640e005bdc5e2e' }] },
    })
  })

  test('is who asks', async () => {
    expect((await get('/oauth2/v2/userinfo')).body).toMatchObject({ email: 'someone@example.com' })
  })
})

describe('not found, as with Drive', () => {
  test('are folders that are not there as parents, and what is in a shared drive unasked', async () => {
    const inDrive = server.addFolder('x', server.addSharedDrive('Wedding'))
    expect(await list("'nowhere' in parents")).toMatchObject({ status: 404, error: { reason: 'notFound' } })
    expect((await get(`/drive/v3/files/${inDrive.id}`)).status).toBe(404)
    expect((await get(`/drive/v3/files/${inDrive.id}?supportsAllDrives=true`)).status).toBe(200)
  })
})

describe('unauthorized', () => {
  test('is a token that is missing, unknown or expired', async () => {
    const path = `/drive/v3/files/${root.id}`
    expect((await get(path)).status).toBe(200)
    server.expireToken('token')
    expect(await get(path)).toMatchObject({ status: 401, error: { reason: 'authError' } })
    expect(await get(path, { Authorization: 'Bearer other' })).toMatchObject({ status: 401 })
    expect(await get(path, {})).toMatchObject({ status: 401, error: { reason: 'required' } })
  })
})
