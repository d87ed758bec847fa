import { afterEach, describe, expect, test } from '@jest/globals'
import { searchIn } from '../../../../shared/drive/google/files.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import { SERVER_ERROR, TOKEN_EXPIRED } from '../../../fakes/drive/faults.ts'
import type { Item } from '../../../fakes/drive/items.ts'
import { parseQuery } from '../../../fakes/drive/query.ts'
import { HEADS, OTHER_HEADS } from '../image-heads.ts'
import { bytes, type OpenGoogle, openGoogle, TOKEN } from './setup.ts'

let opened: OpenGoogle
afterEach(() => opened.server.close())

const start = async (options?: Parameters<typeof openGoogle>[0]) => {
  opened = await openGoogle(options)
  return { ...opened, root: opened.server.addFolder('Photos') }
}
const list = (folder: Item | { id: string; resource_key?: string }, options = {}): Promise<DriveFile[]> => {
  const ref = 'parents' in folder ? { id: folder.id } : folder
  return opened.drive.listImages(ref, TOKEN, { recursive: false, maxFiles: 100, ...options })
}
const ids = (files: { id: string }[]) => files.map((file) => file.id).sort()
const listRequests = () => opened.server.requests.filter((request) => request.path === '/drive/v3/files')
const notFound = { code: 'folder_not_found' }

describe('pages', () => {
  test('are read to the last one, also when some are short or empty', async () => {
    const { server, root } = await start({ pageLimit: 2 })
    const others = server.addFolder('Others')
    const expected = [1, 2, 3, 4, 5].map((n) => {
      for (let i = 0; i < 3; i++) server.addFile(`other ${n} ${i}.jpg`, others, bytes('other'))
      return server.addFile(`${n}.jpg`, root, bytes(`${n}`))
    })
    expect(ids(await list(root))).toEqual(ids(expected))
    expect(listRequests()).toHaveLength(11)
    expect(listRequests()[0]?.query).toMatchObject({ pageSize: '1000' })
  })

  test('are not read further once there are too many images', async () => {
    const { server, root } = await start({ pageLimit: 10 })
    for (let n = 0; n < 50; n++) server.addFile(`${n}.jpg`, root, bytes(`${n}`))
    await expect(list(root, { maxFiles: 15 })).rejects.toMatchObject({
      code: 'too_many_files',
      message: expect.stringContaining('15'),
    })
    expect(listRequests()).toHaveLength(2)
  })

  test('that Google did not search completely are asked for again', async () => {
    const { server, root } = await start()
    const file = server.addFile('1.jpg', root, bytes('1'))
    server.fault({ path: '/drive/v3/files' }, 'incomplete')
    expect(ids(await list(root))).toEqual([file.id])
    expect(listRequests()).toHaveLength(2)
  })

  test('that stay incomplete fail the listing, so that no photo is left out in silence', async () => {
    const { server, root } = await start()
    server.fault({ path: '/drive/v3/files', times: Infinity }, 'incomplete')
    await expect(list(root)).rejects.toMatchObject({
      code: 'drive_unavailable',
      message: expect.stringContaining('could not search the whole folder'),
    })
    expect(listRequests()).toHaveLength(4)
  })
})

describe('file types', () => {
  const typesOf = async (root: Item) =>
    Object.fromEntries((await list(root)).map((file) => [file.name, file.mime_type]))

  test('are every kind of image by MIME type or name, but no drawings, videos or documents', async () => {
    const { server, root } = await start()
    const add = (name: string, mimeType: string) => server.addFile(name, root, bytes(name), { mimeType })
    const images: [name: string, mimeType: string, listed?: string][] = [
      ['a.jpg', 'image/jpeg'],
      ['b.heic', 'image/heif'],
      ['c.dng', 'image/x-adobe-dng'],
      ['d', 'image/webp'],
      ['e.HEIC', 'application/octet-stream', 'image/heic'],
      ['f.jpg', 'binary/octet-stream', 'image/jpeg'],
      ['g', 'application/jpeg', 'image/jpeg'],
      ['h', 'application/x-jpg', 'image/jpeg'],
      ['i.JPG', 'text/plain', 'image/jpeg'],
      ['j.heic', 'video/mp4', 'image/heic'],
      ['k.jfif', 'application/octet-stream', 'image/jpeg'],
      ['l.jpg ', 'application/octet-stream', 'image/jpeg'],
      ['m.jxl', 'application/octet-stream', 'image/jxl'],
      ['n.CR3', 'application/octet-stream', 'image/x-dcraw'],
      ['o.psd', 'application/x-photoshop', 'image/vnd.adobe.photoshop'],
    ]
    for (const [name, mimeType] of images) add(name, mimeType)
    add('p.svg', 'image/svg+xml')
    add('q.dwg', 'image/vnd.dwg')
    add('r.bin', 'application/octet-stream')
    add('s.mp4', 'video/mp4')
    add('t.jpg.txt', 'text/plain')
    add('u.jpg', 'application/vnd.google-apps.document')
    expect(await typesOf(root)).toEqual(
      Object.fromEntries(images.map(([name, mimeType, listed = mimeType]) => [name, listed])),
    )
  })

  test("are told by the content where Drive knows none and the name is not an image's", async () => {
    const { server, root } = await start()
    for (const [type, head] of Object.entries(HEADS)) {
      server.addFile(type, root, Buffer.concat([head, Buffer.alloc(1000)]), {
        mimeType: 'application/octet-stream',
      })
    }
    for (const [what, head] of Object.entries(OTHER_HEADS)) {
      server.addFile(what, root, head, { mimeType: 'binary/octet-stream' })
    }
    expect(await typesOf(root)).toEqual(Object.fromEntries(Object.keys(HEADS).map((type) => [type, type])))
    const contents = server.requests.filter(({ query }) => query.alt === 'media')
    expect(contents).toHaveLength(Object.keys(HEADS).length + Object.keys(OTHER_HEADS).length - 1)
    expect(new Set(contents.map(({ headers }) => headers.range))).toEqual(new Set(['bytes=0-255']))
  })

  test("are told by the content of a shortcut's target, and of a server that ignores ranges", async () => {
    const { server, root } = await start()
    const elsewhere = server.addFolder('Elsewhere')
    const whole = Buffer.concat([HEADS['image/heic'], Buffer.alloc(500_000)])
    const target = server.addFile('0001', elsewhere, whole, {
      mimeType: 'application/octet-stream',
      resourceKey: '0-key',
      keyRequired: true,
    })
    server.addShortcut('to it', root, target)
    server.fault(
      { when: ({ query }) => query.alt === 'media' },
      { status: 200, body: Buffer.from(whole).toString('latin1').slice(0, 100_000) },
    )
    expect(await list(root)).toMatchObject([
      { id: target.id, mime_type: 'image/heic', resource_key: '0-key' },
    ])
  })

  test('that nobody may look into count as images, whose events tell why', async () => {
    const { server, root } = await start()
    const options = { mimeType: 'application/octet-stream', canDownload: false }
    const { id } = server.addFile('0001', root, HEADS['image/jpeg'], options)
    expect(ids(await list(root))).toEqual([id])
  })

  test('in the trash are left out', async () => {
    const { server, root } = await start()
    server.addFile('gone.jpg', root, bytes('gone'), { trashed: true })
    const file = server.addFile('here.jpg', root, bytes('here'))
    expect(ids(await list(root))).toEqual([file.id])
  })
})

describe('shared drives', () => {
  test('are searched as what they are', async () => {
    const { server } = await start()
    const sharedDrive = server.addSharedDrive('Wedding')
    const folder = server.addFolder('Party', sharedDrive)
    const below = server.addFolder('Late', folder)
    const files = [server.addFile('1.jpg', folder, bytes('1')), server.addFile('2.jpg', below, bytes('2'))]
    expect(ids(await list(folder, { recursive: true }))).toEqual(ids(files))
    for (const { query } of listRequests()) {
      expect(query).toMatchObject({ corpora: 'drive', driveId: sharedDrive.id })
    }
  })

  test('can be scanned from their root', async () => {
    const { server } = await start()
    const sharedDrive = server.addSharedDrive('Wedding')
    const file = server.addFile('1.jpg', sharedDrive, bytes('1'))
    expect(ids(await list(sharedDrive))).toEqual([file.id])
    expect(await opened.drive.download((await list(sharedDrive))[0] as DriveFile, TOKEN)).toEqual(
      Buffer.from('1'),
    )
  })
})

describe('resource keys', () => {
  test('of the link open the folder', async () => {
    const { server } = await start()
    const folder = server.addFolder('Old', undefined, { resourceKey: '0-key', keyRequired: true })
    const file = server.addFile('1.jpg', folder, bytes('1'))
    expect(ids(await list({ id: folder.id, resource_key: '0-key' }))).toEqual([file.id])
    await expect(list({ id: folder.id })).rejects.toMatchObject(notFound)
    await expect(list({ id: folder.id, resource_key: '0-other' })).rejects.toMatchObject(notFound)
  })

  test('of the link serve for the search too, where Google does not name them', async () => {
    const { server } = await start()
    const old = { resourceKey: '0-key', keyRequired: true, keyShown: false }
    const folder = server.addFolder('Old', undefined, old)
    const file = server.addFile('1.jpg', folder, bytes('1'))
    expect(ids(await list({ id: folder.id, resource_key: '0-key' }))).toEqual([file.id])
  })

  test('of the files and folders inside come with the listing and open them', async () => {
    const { server, root } = await start()
    const below = server.addFolder('Old', root, { resourceKey: '0-folder', keyRequired: true })
    server.addFile('1.jpg', below, bytes('one'), { resourceKey: '0-file', keyRequired: true })
    const [file] = await list(root, { recursive: true })
    expect(file?.resource_key).toBe('0-file')
    expect(await opened.drive.download(file as DriveFile, TOKEN)).toEqual(Buffer.from('one'))
    const { resource_key: _, ...without } = file as DriveFile
    await expect(opened.drive.download(without, TOKEN)).rejects.toMatchObject({ code: 'file_not_found' })
  })
})

describe('shortcuts', () => {
  test('to images are their targets, each once', async () => {
    const { server, root } = await start()
    const elsewhere = server.addFolder('Elsewhere')
    const options = { resourceKey: '0-target', keyRequired: true }
    const target = server.addFile('target.jpg', elsewhere, bytes('target'), options)
    const inside = server.addFile('inside.jpg', root, bytes('inside'))
    server.addShortcut('first', root, target)
    server.addShortcut('second', root, target)
    server.addShortcut('to a neighbour', root, inside)
    const files = await list(root)
    expect(ids(files)).toEqual(ids([target, inside]))
    expect(files.find((file) => file.id === target.id)).toEqual({
      id: target.id,
      name: 'target.jpg',
      mime_type: 'image/jpeg',
      md5: target.content?.md5,
      size: 6,
      resource_key: '0-target',
    })
  })

  test('that dangle, or lead to what is in the trash or not shared, are passed over', async () => {
    const { server, root } = await start()
    const elsewhere = server.addFolder('Elsewhere')
    const gone = server.addFile('gone.jpg', elsewhere, bytes('gone'))
    server.addShortcut('to gone', root, gone)
    server.items.remove(gone.id)
    const trashed = server.addFile('trashed.jpg', elsewhere, bytes('trashed'), { trashed: true })
    server.addShortcut('to trashed', root, trashed)
    const secret = server.addFile('secret.jpg', elsewhere, bytes('secret'), { shared: false })
    server.addShortcut('to secret', root, secret)
    const file = server.addFile('here.jpg', root, bytes('here'))
    expect(ids(await list(root))).toEqual([file.id])
  })

  test('to other things cost no call', async () => {
    const { server, root } = await start()
    const elsewhere = server.addFolder('Elsewhere')
    server.addShortcut('to a text', root, server.addFile('notes.txt', elsewhere, bytes('notes')))
    server.addShortcut('to a folder', root, elsewhere)
    expect(await list(root)).toEqual([])
    expect(server.requests).toHaveLength(2)
  })

  test('to folders are followed when folders are', async () => {
    const { server, root } = await start()
    const elsewhere = server.addFolder('Elsewhere')
    const file = server.addFile('1.jpg', elsewhere, bytes('1'))
    server.addShortcut('to the folder', root, elsewhere)
    expect(await list(root)).toEqual([])
    expect(ids(await list(root, { recursive: true }))).toEqual([file.id])
  })

  test('in a circle end, and no folder is searched twice', async () => {
    const { server, root } = await start()
    const below = server.addFolder('Below', root)
    server.addShortcut('up again', below, root)
    server.addShortcut('to itself', below, below)
    const file = server.addFile('1.jpg', below, bytes('1'))
    expect(ids(await list(root, { recursive: true }))).toEqual([file.id])
    expect(listRequests()).toHaveLength(2)
  })

  test('can be what the link names', async () => {
    const { server, root } = await start()
    const folder = server.addFolder('Old', undefined, { resourceKey: '0-key', keyRequired: true })
    const file = server.addFile('1.jpg', folder, bytes('1'))
    const shortcut = server.addShortcut('to the folder', root, folder)
    expect(ids(await list(shortcut))).toEqual([file.id])
  })
})

describe('a folder is not found', () => {
  test('when it is not shared, in the trash, a file, or a shortcut to something else', async () => {
    const { server, root } = await start()
    const file = server.addFile('1.jpg', root, bytes('1'))
    const dangling = server.addFolder('Dangling')
    const shortcut = server.addShortcut('dangling', root, dangling)
    server.items.remove(dangling.id)
    for (const wrong of [
      server.addFolder('Secret', undefined, { shared: false }),
      server.addFolder('Trashed', undefined, { trashed: true }),
      file,
      server.addShortcut('to a file', root, file),
      shortcut,
    ]) {
      await expect(list(wrong)).rejects.toMatchObject(notFound)
    }
  })

  test('while one below that may not be read is only passed over', async () => {
    const { server, root } = await start()
    const file = server.addFile('1.jpg', root, bytes('1'))
    const refused = [server.addFolder('A', root), server.addFolder('B', root)]
    for (const [index, folder] of refused.entries()) {
      server.addFile('2.jpg', folder, bytes('2'))
      server.fault(
        { path: '/drive/v3/files', when: ({ query }) => query.q?.includes(folder.id) ?? false, times: 9 },
        index === 0
          ? { status: 404, reason: 'notFound' }
          : { status: 403, reason: 'insufficientFilePermissions' },
      )
    }
    expect(ids(await list(root, { recursive: true }))).toEqual([file.id])
  })
})

describe('a fault during a listing', () => {
  test('in one of many folders is retried', async () => {
    const { server, root } = await start()
    const files = [1, 2, 3, 4].map((n) =>
      server.addFile(`${n}.jpg`, server.addFolder(`${n}`, root), bytes('x')),
    )
    server.fault({ path: '/drive/v3/files', after: 2, times: 3 }, SERVER_ERROR)
    expect(ids(await list(root, { recursive: true }))).toEqual(ids(files))
  })

  test('such as an expired token ends the calls beside it', async () => {
    const { server, root } = await start()
    for (let n = 0; n < 40; n++) server.addFolder(`${n}`, root)
    server.fault({ path: '/drive/v3/files', after: 3, times: Infinity }, TOKEN_EXPIRED)
    await expect(list(root, { recursive: true })).rejects.toMatchObject({ code: 'token_expired' })
    // Time enough for the other folders, if anybody still asked for them.
    for (let n = 0; n < 20; n++) await opened.drive.checkAccess(TOKEN)
    expect(listRequests().length).toBeLessThan(1 + 2 + 2 * 8)
  })
})

test('ids are escaped in the query', async () => {
  opened = await openGoogle()
  const id = "it's a \\ trap' in parents or '"
  expect(parseQuery(searchIn({ id }).q).parents).toEqual([id])
})
