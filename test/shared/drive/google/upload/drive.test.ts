import { describe, expect, test } from '@jest/globals'
import { type Effect, RATE_LIMIT_403, RATE_LIMIT_429, SERVER_ERROR } from '../../../../fakes/drive/faults.ts'
import { bytes, sourceOf, uploadContract } from '../../upload-contract.ts'
import { CHUNK, CREATE, large, MiB, oneUpload, openGoogleUpload, SHARE, small } from './setup.ts'

uploadContract('Google Drive', openGoogleUpload, { folders: true })

const start = oneUpload()
/** Instead of the smaller ones that the other tests use. */
const GOOGLES_SIZES = { singleRequestBytes: undefined, chunkBytes: undefined }

describe('a file of', () => {
  test.each([0, 1, 5 * MiB])(
    '%d bytes is sent at once, with its permission set and looked at',
    async (size) => {
      const { id, upload, server, calls, expectStored } = await start(GOOGLES_SIZES)
      await upload(bytes(size))
      await expectStored(bytes(size))
      expect(calls()).toEqual([
        'POST /upload/drive/v3/files',
        `POST /drive/v3/files/${id}/permissions`,
        `GET /drive/v3/files/${id}/permissions/anyoneWithLink`,
      ])
      expect(server.requests.map(({ query }) => query.supportsAllDrives)).toEqual(['true', 'true', 'true'])
    },
  )

  test.each([
    [5 * MiB + 1, ['0-5242880']],
    [8 * MiB, ['0-8388607']],
    [16 * MiB + 5, ['0-8388607', '8388608-16777215', '16777216-16777220']],
  ])('%d bytes is sent in chunks of 8 MiB', async (size, ranges) => {
    const { upload, server, expectStored } = await start(GOOGLES_SIZES)
    await upload(bytes(size))
    await expectStored(bytes(size))
    const sent = server.requests.filter(({ method }) => method === 'PUT')
    expect(sent.map(({ headers }) => headers['content-range'])).toEqual(
      ranges.map((range) => `bytes ${range}/${size}`),
    )
  })

  test('any size goes to a shared drive', async () => {
    const { server, drive } = await start()
    const team = server.addSharedDrive('Studio')
    for (const content of [small, large]) {
      const id = await drive.reserveId()
      await drive.upload(sourceOf('a.png', content), id, team.id)
      expect(server.items.get(id)).toMatchObject({ driveId: team.id, permissions: [{ type: 'anyone' }] })
    }
  })
})

describe('a fault ends with one public file of the same bytes:', () => {
  test.each<Effect>(['reset', 'lose answer', 'truncate', SERVER_ERROR, RATE_LIMIT_429, RATE_LIMIT_403])(
    '%j when a small file is sent',
    async (effect) => {
      const { upload, server, expectStored } = await start()
      server.fault({ ...CREATE, times: 3 }, effect)
      await upload(small)
      await expectStored(small)
    },
  )

  test.each<Effect>(['reset', 'lose answer', SERVER_ERROR, RATE_LIMIT_429])(
    '%j when a session is opened',
    async (effect) => {
      const { upload, server, expectStored } = await start()
      server.fault({ ...CREATE, times: 3 }, effect)
      await upload(large)
      await expectStored(large)
    },
  )

  test.each<[string, Effect, number]>([
    ['a reset before a chunk', 'reset', 0],
    ['a reset in the middle of the first chunk', 'cut upload', 0],
    ['a reset in the middle of the second chunk', 'cut upload', 1],
    ['a lost answer to a chunk', 'lose answer', 1],
    ['a lost answer to the last chunk', 'lose answer', 2],
    ['half an answer to the last chunk', 'truncate', 2],
    ['503', SERVER_ERROR, 1],
    ['403 for the rate', RATE_LIMIT_403, 1],
    ['429', RATE_LIMIT_429, 2],
  ])('%s', async (_, effect, after) => {
    const { upload, server, expectStored } = await start()
    server.fault({ ...CHUNK, after }, effect)
    await upload(large)
    await expectStored(large)
  })

  test('a storm of 503 and of resets, as long as something arrives in between', async () => {
    const { upload, server, expectStored } = await start()
    let count = 0
    // Every question of how far it is, and every other chunk, fails.
    const storm = (effect: Effect, turn: number) =>
      server.fault({ ...CHUNK, when: () => ++count % 6 === turn, times: 100 }, effect)
    storm(SERVER_ERROR, 1)
    storm('cut upload', 3)
    await upload(large)
    await expectStored(large)
    expect(count).toBeGreaterThan(6)
  })

  test('sends nothing again that has arrived', async () => {
    const { upload, server } = await start()
    server.fault({ ...CHUNK, after: 1 }, 'cut upload')
    await upload(large)
    const sent = server.requests.filter(({ method }) => method === 'PUT')
    const total = large.length
    expect(sent.map(({ headers }) => headers['content-range'])).toEqual([
      `bytes 0-${0.5 * MiB - 1}/${total}`,
      `bytes ${0.5 * MiB}-${MiB - 1}/${total}`,
      `bytes */${total}`,
      `bytes ${0.75 * MiB}-${1.25 * MiB - 1}/${total}`,
      `bytes ${1.25 * MiB}-${total - 1}/${total}`,
    ])
  })

  test.each([404, 410])(
    'a session that Google forgets (%d) is begun anew under the same id',
    async (status) => {
      const { upload, server, calls, expectStored } = await start()
      server.fault({ ...CHUNK, after: 1 }, { status, reason: 'notFound' })
      await upload(large)
      await expectStored(large)
      expect(calls().filter((call) => call === 'POST /upload/drive/v3/files')).toHaveLength(2)
    },
  )

  test('also when the file is replaced', async () => {
    const { id, upload, server, expectStored } = await start()
    await upload(bytes(10, 3))
    const path = `/upload/drive/v3/files/${id}`
    server.fault({ method: 'PATCH', path }, 'lose answer')
    server.fault({ method: 'PUT', path }, 'cut upload')
    await upload(large, true)
    await expectStored(large)
    server.fault({ method: 'PATCH', path }, 'lose answer')
    await upload(small, true)
    await expectStored(small)
  })
})

describe('the permission', () => {
  test.each<Effect>(['reset', 'lose answer', SERVER_ERROR, RATE_LIMIT_403])(
    'is set again after %j',
    async (effect) => {
      const { upload, server, expectStored } = await start()
      server.fault(SHARE, effect)
      await upload(small)
      await expectStored(small)
    },
  )

  test('is set again when Google does not have it afterwards', async () => {
    const { upload, server, calls, expectStored } = await start()
    server.fault({ path: /\/permissions\/anyone/, times: 2 }, { status: 404, reason: 'notFound' })
    await upload(small)
    await expectStored(small)
    expect(calls().filter((call) => call.endsWith('/permissions'))).toHaveLength(3)
  })

  test('is set again when it is for somebody else afterwards', async () => {
    const { id, upload, server, expectStored } = await start()
    let looks = 0
    const when = () => {
      if (++looks === 1) Object.assign(server.items.get(id).permissions[0] ?? {}, { type: 'user' })
      return false
    }
    server.fault({ method: 'GET', path: /\/permissions\/anyone/, when }, 'reset')
    await upload(small)
    await expectStored(small)
    expect(looks).toBe(2)
  })

  test('that cannot be set leaves a file that is not public, and the next upload finishes with it', async () => {
    const { id, upload, server, files, expectStored } = await start()
    server.fault({ ...SHARE, times: Infinity }, SERVER_ERROR)
    await expect(upload(small)).rejects.toMatchObject({
      code: 'drive_unavailable',
      message: 'Sharing the file failed after retries: Google Drive reported an internal error',
    })
    expect(await files()).toMatchObject([{ id, public: false }])
    server.clearFaults()
    await upload(small)
    await expectStored(small)
  })

  test.each(['cannotShareTeamDriveTopFolderWithAnyoneOrDomains', 'publishOutNotPermitted', 'forbidden'])(
    'that the organisation forbids (%s) says so and is not asked for again',
    async (reason) => {
      const { upload, server, calls } = await start()
      server.fault({ ...SHARE, times: Infinity }, { status: 403, reason })
      await expect(upload(small)).rejects.toMatchObject({
        code: 'drive_sharing_forbidden',
        message: expect.stringContaining('allow sharing outside'),
      })
      expect(calls().filter((call) => call.endsWith('/permissions'))).toHaveLength(1)
    },
  )

  test.each([
    [403, 'sharingRateLimitExceeded', 'drive_quota_exceeded'],
    [403, 'publishOutNotPermitted', 'drive_sharing_forbidden'],
    [404, 'notFound', 'file_not_found'],
  ])(
    'that is refused (%d %s) leaves the new file in the trash, and the next upload finishes with it',
    async (status, reason, code) => {
      for (const replace of [false, true]) {
        const { id, upload, server, expectStored } = await start()
        server.fault(SHARE, { status, reason })
        await expect(upload(small, replace)).rejects.toMatchObject({ code })
        expect(server.items.get(id)).toMatchObject({ trashed: true, permissions: [] })
        await upload(small, replace)
        await expectStored(small)
      }
    },
  )

  test('that is refused when a file is replaced leaves the file where it is', async () => {
    const { upload, server, expectStored } = await start()
    await upload(small)
    server.fault(SHARE, { status: 403, reason: 'sharingRateLimitExceeded' })
    await expect(upload(bytes(7), true)).rejects.toMatchObject({ code: 'drive_quota_exceeded' })
    await expectStored(bytes(7))
  })

  test('that is refused is told, whether or not the file can be moved to the trash', async () => {
    const { upload, server } = await start()
    server.fault(SHARE, { status: 403, reason: 'publishOutNotPermitted' })
    server.fault({ method: 'PATCH' }, { status: 403, reason: 'insufficientFilePermissions' })
    await expect(upload(small)).rejects.toMatchObject({ code: 'drive_sharing_forbidden' })
  })
})

describe('a file that is there', () => {
  test('comes back from the trash', async () => {
    const { id, upload, server, expectStored } = await start()
    await upload(small)
    server.items.get(id).trashed = true
    await upload(small)
    await expectStored(small)
    server.items.get(id).trashed = true
    await upload(bytes(7), true)
    await expectStored(bytes(7))
  })

  test('only since just now is replaced too', async () => {
    const { id, upload, server, folder, expectStored } = await start()
    const when = () => {
      if (!server.items.used.has(id)) server.addFile('b.png', server.items.get(folder), bytes(9), { id })
      return false
    }
    server.fault({ ...CREATE, when }, 'reset')
    await upload(small, true)
    await expectStored(small)
  })

  test.each([false, true])('no more is file_not_found, replace: %j', async (replace) => {
    const { id, upload, server, files } = await start()
    await upload(small)
    server.items.remove(id)
    await expect(upload(small, replace)).rejects.toMatchObject({ code: 'file_not_found' })
    expect(await files()).toEqual([])
  })
})

describe('a file that this account may see but not change', () => {
  const REFUSED = { status: 403, reason: 'insufficientFilePermissions' }

  test.each([
    ['small', small],
    ['large', large],
  ])('is file_not_found when it is to be replaced, and left alone: %s', async (_, content) => {
    const { id, upload, server, calls, expectStored } = await start()
    await upload(bytes(7))
    server.requests.length = 0
    server.fault({ method: 'PATCH', times: Infinity }, REFUSED)
    await expect(upload(content, true)).rejects.toMatchObject({ code: 'file_not_found' })
    expect(calls()).toEqual([`PATCH /upload/drive/v3/files/${id}`])
    await expectStored(bytes(7))
  })

  test('does not hide that the folder may not be written to', async () => {
    const { upload, server } = await start()
    server.fault({ method: 'POST', times: Infinity }, REFUSED)
    await expect(upload(small, true)).rejects.toMatchObject({ code: 'folder_not_writable' })
  })
})

test.each([
  ['the disk', `stored_${'x'.repeat(32)}`],
  ['another account', `1${'x'.repeat(32)}`],
])('an id of %s is file_not_found', async (_, id) => {
  const { drive, files } = await start()
  for (const content of [small, large]) {
    for (const replace of [false, true]) {
      const upload = drive.upload(sourceOf('a.png', content), id, undefined, { replace })
      await expect(upload).rejects.toMatchObject({ code: 'file_not_found' })
    }
  }
  expect(await files()).toEqual([])
})

test('a source of another size than it says leaves no file', async () => {
  const { drive, files } = await start()
  for (const content of [small, large]) {
    for (const size of [content.length - 1, content.length + 1]) {
      const source = { ...sourceOf('a.png', content), size }
      await expect(drive.upload(source, await drive.reserveId(), undefined)).rejects.toThrow(
        /bytes instead of/,
      )
    }
  }
  expect(await files()).toEqual([])
})

test('links are those of Google', async () => {
  const { drive } = await start()
  expect(drive.links('1AbCdEf')).toEqual({
    drive_link: 'https://drive.google.com/file/d/1AbCdEf/view?usp=sharing',
    download_link: 'https://drive.google.com/uc?id=1AbCdEf&export=download',
  })
})
