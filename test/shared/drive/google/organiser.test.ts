import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type GoogleOrganiserOptions, googleOrganiser } from '../../../../shared/drive/google/organiser.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import type { DriveReader } from '../../../../shared/google-auth/reader.ts'
import { type Effect, newerError, RATE_LIMIT_429, SERVER_ERROR } from '../../../fakes/drive/faults.ts'
import { startDriveServer } from '../../../fakes/drive/server.ts'
import { organiserContract } from '../organiser-contract.ts'
import { bytes, testClock } from './setup.ts'
import { driveTree } from './tree.ts'

const TOKENS = ['ya29.the-first-token', 'ya29.the-second-token', 'ya29.the-third-token']
const KEY = 'AIza-the-api-key'
const CONTENT = 'the photo as it was taken'

const cleanup: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close()
})

/** Credentials whose tokens are the ones of the list, a new one whenever one is refused; and which were refused. */
function renewing() {
  const refused: string[] = []
  return {
    refused,
    accessToken: async (token?: string) => {
      if (token !== undefined) refused.push(token)
      return TOKENS[refused.length] ?? 'ya29.no-more-tokens'
    },
  }
}

const reader = (authorisation: DriveReader['authorisation'], credentials = renewing()): DriveReader =>
  authorisation === 'api_key' ? { authorisation, apiKey: KEY } : { authorisation, credentials }

async function startServer() {
  const server = await startDriveServer({ pageLimit: 3 })
  for (const token of TOKENS) server.addToken(token)
  server.addKey(KEY)
  return server
}

for (const authorisation of ['uploader', 'service_account', 'api_key'] as const) {
  organiserContract(`Google Drive by ${authorisation}`, async (tree) => {
    const server = await startServer()
    const { root, link, write, remove } = await driveTree(server, tree)
    server.publish(root)
    const drive = googleOrganiser({ apiRoot: server.url, reader: () => reader(authorisation) })
    return { drive, authorisation, link, write, remove, close: server.close }
  })
}

/** An organiser's Drive with one photo in a private folder. */
async function onePhoto(
  authorisation: DriveReader['authorisation'] = 'uploader',
  options: Partial<GoogleOrganiserOptions> = {},
) {
  const server = await startServer()
  cleanup.push(server.close)
  const root = server.addFolder('Party')
  const { id } = server.addFile('1.jpg', root, bytes(CONTENT))
  const credentials = renewing()
  const drive = googleOrganiser({
    apiRoot: server.url,
    reader: () => reader(authorisation, credentials),
    backoffMs: 1,
    clock: testClock(),
    ...options,
  })
  const file: DriveFile = { id, name: '1.jpg', mime_type: 'image/jpeg' }
  const open = async (headers: Record<string, string> = {}, signal?: AbortSignal) => {
    const { body } = await drive.open(file, new Headers(headers), signal)
    return new Response(body).text()
  }
  const list = () => drive.listImages(root, { recursive: false, maxFiles: 10 })
  return { server, root, file, drive, credentials, open, list }
}

/** A Drive that sends without an end, until its response is closed. */
async function endless() {
  let left = () => {}
  const closed = new Promise<void>((resolve) => {
    left = resolve
  })
  const server = createServer((_, response) => {
    response.on('close', left)
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(10_000)));
      response.once('drain', more)
    }
    more()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { closed, drive: googleOrganiser({ apiRoot, reader: () => reader('uploader') }) }
}

describe('a token', () => {
  test('that Google refuses is renewed, and the call repeated once', async () => {
    const { server, drive, root, file, credentials, open, list } = await onePhoto()
    server.expireToken(TOKENS[0] ?? '')
    expect(await list()).toHaveLength(1)
    expect(credentials.refused).toEqual([TOKENS[0]])
    server.expireToken(TOKENS[1] ?? '')
    expect(await open()).toBe(CONTENT)
    expect(Buffer.from(await drive.download(file)).toString()).toBe(CONTENT)
    expect(await drive.folderName(root)).toBe('Party')
    expect(credentials.refused).toEqual(TOKENS.slice(0, 2))
  })

  test('that dies in the middle of a listing does not end it', async () => {
    const { server, root, credentials, list } = await onePhoto()
    for (let n = 2; n < 9; n++) server.addFile(`${n}.jpg`, root, bytes(`${n}`))
    // The token dies once the first page has come.
    const [first = ''] = TOKENS
    server.fault(
      {
        path: '/drive/v3/files',
        after: 1,
        times: Infinity,
        when: ({ headers }) => headers.authorization === `Bearer ${first}`,
      },
      { status: 401, reason: 'authError' },
    )
    expect(await list()).toHaveLength(8)
    expect(credentials.refused).toEqual([first])
  })

  test.each([
    ['uploader', /npm run authorize/],
    ['service_account', /service account/],
  ] as const)('of the %s that is refused again tells the operator', async (authorisation, remedy) => {
    const { server, open, list } = await onePhoto(authorisation)
    for (const token of TOKENS) server.expireToken(token)
    const refused = { code: 'uploader_not_authorized', message: expect.stringMatching(remedy) }
    await expect(open()).rejects.toMatchObject(refused)
    await expect(list()).rejects.toMatchObject(refused)
  })
})

describe('an API key', () => {
  test('opens what anybody may see, without an account and outside the address', async () => {
    const { server, root, open, list } = await onePhoto('api_key')
    server.publish(root)
    expect(await list()).toHaveLength(1)
    expect(await open({ Range: 'bytes=4-8' })).toBe('photo')
    for (const { path, query, headers } of server.requests) {
      expect(headers['x-goog-api-key']).toBe(KEY)
      expect(headers.authorization).toBeUndefined()
      expect(inspect([path, query])).not.toContain(KEY)
    }
  })

  test('does not open a private folder, and says what to do', async () => {
    const { list, open } = await onePhoto('api_key')
    await expect(list()).rejects.toMatchObject({
      code: 'folder_not_found',
      message: expect.stringMatching(/anyone with the link/),
    })
    await expect(open()).rejects.toMatchObject({ code: 'file_not_found' })
  })

  test.each<[string, Effect, string]>([
    ['is unknown', newerError(400, 'API_KEY_INVALID'), 'uploader_not_authorized'],
    ['is for other APIs', newerError(403, 'API_KEY_SERVICE_BLOCKED'), 'uploader_not_authorized'],
    ['is for other addresses', { status: 403, reason: 'ipRefererBlocked' }, 'uploader_not_authorized'],
    ['is of a project without the API', newerError(403, 'SERVICE_DISABLED'), 'drive_api_disabled'],
  ])('that %s is told of without the key', async (_, effect, code) => {
    const { server, list } = await onePhoto('api_key')
    server.fault({ times: Infinity }, effect)
    const error: unknown = await list().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code, message: expect.stringMatching(/key/) })
    expect(inspect(error, { depth: 9 })).not.toContain(KEY)
  })
})

describe('what Google refuses has a remedy:', () => {
  test.each<[string, Effect, string, RegExp]>([
    ['no access', { status: 403, reason: 'forbidden' }, 'drive_forbidden', /share the folder/],
    ['no download', { status: 403, reason: 'cannotDownloadFile' }, 'drive_forbidden', /allow viewers/],
    [
      'a scope that does not read',
      { status: 403, reason: 'insufficientPermissions' },
      'uploader_scope_missing',
      /npm run authorize/,
    ],
    ['no API', { status: 403, reason: 'accessNotConfigured' }, 'drive_api_disabled', /enable it/],
    [
      'a quota that is used up',
      { status: 403, reason: 'downloadQuotaExceeded' },
      'drive_quota_exceeded',
      /later/,
    ],
    ['a file that is gone', { status: 404, reason: 'notFound' }, 'file_not_found', /no longer/],
    [
      'a part beyond the end',
      { status: 416, reason: 'requestedRangeNotSatisfiable' },
      'range_not_satisfiable',
      /end/,
    ],
  ])('%s', async (_, effect, code, remedy) => {
    const { server, open } = await onePhoto()
    server.fault({ times: Infinity }, effect)
    await expect(open()).rejects.toMatchObject({ code, message: expect.stringMatching(remedy) })
  })

  test('a folder that is not shared', async () => {
    const { root, list } = await onePhoto('service_account')
    root.shared = false
    await expect(list()).rejects.toMatchObject({
      code: 'folder_not_found',
      message: expect.stringMatching(/e-mail address of the service account/),
    })
  })
})

describe('a stream', () => {
  test('is opened again after faults before its first byte', async () => {
    const { server, open } = await onePhoto()
    server.fault({}, SERVER_ERROR)
    server.fault({}, 'reset')
    expect(await open()).toBe(CONTENT)
  })

  test('makes nobody wait for long while Google limits the rate', async () => {
    const { server, open } = await onePhoto()
    server.fault({ times: Infinity }, RATE_LIMIT_429)
    await expect(open()).rejects.toMatchObject({ code: 'busy' })
  })

  test.each(['truncate', 'stall'] as const)('that ends early fails: %s', async (effect) => {
    const { server, open } = await onePhoto('uploader', { stallMs: 500 })
    server.fault({}, effect)
    await expect(open()).rejects.toMatchObject({ name: 'GoogleFailure' })
  })

  test('waits for a person who takes the bytes slowly', async () => {
    const { root, server, drive, open } = await onePhoto('uploader', { stallMs: 1_000 })
    const { id } = server.addFile('large.jpg', root, new Uint8Array(5_000_000))
    const { body } = await drive.open({ id, name: '', mime_type: '' }, new Headers())
    const taken = body?.getReader()
    let length = (await taken?.read())?.value?.length ?? 0
    // Another stream, opened later, is given up meanwhile because Google sends nothing.
    server.fault({}, 'stall')
    await expect(open()).rejects.toMatchObject({ fault: 'timeout' })
    for (let part = await taken?.read(); part && !part.done; part = await taken?.read())
      length += part.value.length
    expect(length).toBe(5_000_000)
  })

  test.each(['cancel', 'abort'] as const)(
    "ends Google's response when the person leaves: %s",
    async (how) => {
      const { drive, closed } = await endless()
      const person = new AbortController()
      const file = { id: 'x', name: '', mime_type: '' }
      const { body } = await drive.open(file, new Headers(), person.signal)
      const taken = body?.getReader()
      await taken?.read()
      if (how === 'abort') person.abort()
      else await taken?.cancel()
      await closed
    },
  )

  test('has no name for a content that has taken the place of the listed one', async () => {
    const { file, drive } = await onePhoto()
    const listed = { ...file, md5: 'md5-of-the-listed', size: 5 }
    const { headers, body } = await drive.open(listed, new Headers())
    await body?.cancel()
    expect(new Headers(headers).has('etag')).toBe(false)
  })
})
