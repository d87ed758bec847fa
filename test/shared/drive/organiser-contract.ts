import { afterEach, describe, expect, test } from '@jest/globals'
import type { DriveFile, OrganiserDrive } from '../../../shared/drive/port.ts'
import type { Tree } from './contract.ts'

export interface OpenOrganiser {
  drive: OrganiserDrive
  /** Its `authorisation`. */
  authorisation: OrganiserDrive['authorisation']
  /** A link to a folder of the tree as a person would paste it. */
  link(folder: string): string
  /** Creates the file, or replaces its content. */
  write(path: string, content: Uint8Array): Promise<void>
  remove(path: string): Promise<void>
  close(): Promise<void>
}

const TEXT = '0123456789'
const LARGE = new Uint8Array(3_000_000).map((_, index) => index % 251)
const bytes = (text: string) => new TextEncoder().encode(text)
const tree: Tree = {
  'Party at Ümläut/a.jpg': bytes(TEXT),
  'Party at Ümläut/late/b.jpg': bytes('later'),
  'large/large.png': LARGE,
  'empty/none.jpg': new Uint8Array(0),
}

/** What every OrganiserDrive promises; see shared/drive/port.ts. */
export function organiserContract(name: string, open: (tree: Tree) => Promise<OpenOrganiser>): void {
  describe(`the organiser's drive on ${name}`, () => {
    let opened: OpenOrganiser

    const start = async () => {
      opened = await open(tree)
      return opened.drive
    }
    const folder = (path: string) => opened.drive.parseLink(opened.link(path))
    const list = (path: string, recursive = false) =>
      opened.drive.listImages(folder(path), { recursive, maxFiles: 100 })
    const only = async (path: string): Promise<DriveFile> => {
      const [file] = await list(path)
      if (!file) throw new Error(`no image in ${path}`)
      return file
    }
    const get = async (headers: Record<string, string> = {}, path = 'Party at Ümläut') =>
      opened.drive.open(await only(path), new Headers(headers))
    const text = (body: ReadableStream<Uint8Array> | null) => new Response(body).text()

    afterEach(() => opened.close())

    test('says whose right to read it uses', async () => {
      const drive = await start()
      expect(drive.authorisation).toBe(opened.authorisation)
    })

    test('names a folder', async () => {
      const drive = await start()
      expect(await drive.folderName(folder('Party at Ümläut'))).toBe('Party at Ümläut')
      expect(await drive.folderName(folder('Party at Ümläut/late'))).toBe('late')
    })

    test('refuses to name or list a folder that is gone, and what is none', async () => {
      const drive = await start()
      const refused = { code: 'folder_not_found', message: expect.any(String) }
      const { id } = await only('Party at Ümläut')
      const gone = folder('empty')
      await opened.remove('empty')
      for (const ref of [gone, { id }, { id: 'never-was-a-folder-of-this-drive' }]) {
        await expect(drive.folderName(ref)).rejects.toMatchObject(refused)
        await expect(drive.listImages(ref, { recursive: false, maxFiles: 9 })).rejects.toMatchObject(refused)
      }
    })

    test('lists and downloads without a token', async () => {
      const drive = await start()
      const names = (await list('Party at Ümläut', true)).map((file) => file.name)
      expect(names.sort()).toEqual(['a.jpg', 'b.jpg'])
      expect(new TextDecoder().decode(await drive.download(await only('Party at Ümläut')))).toBe(TEXT)
    })

    test('streams an original', async () => {
      await start()
      const { status, headers, body } = await get()
      expect(status).toBe(200)
      const of = new Headers(headers)
      expect(of.get('content-length')).toBe('10')
      expect(of.get('accept-ranges')).toBe('bytes')
      expect(of.get('etag')).toMatch(/^(W\/)?"[^"]+"$/)
      expect(await text(body)).toBe(TEXT)
    })

    test.each([
      ['bytes=2-4', 'bytes 2-4/10', '234'],
      ['bytes=7-', 'bytes 7-9/10', '789'],
      ['bytes=-2', 'bytes 8-9/10', '89'],
      ['bytes=5-500', 'bytes 5-9/10', '56789'],
    ])('streams the part %s', async (range, contentRange, part) => {
      await start()
      const { status, headers, body } = await get({ Range: range })
      expect(status).toBe(206)
      expect(new Headers(headers).get('content-range')).toBe(contentRange)
      expect(new Headers(headers).get('content-length')).toBe(String(part.length))
      expect(await text(body)).toBe(part)
    })

    test.each(['bytes=0-1,4-5', 'lines=1-2'])('streams all for the range %s', async (range) => {
      await start()
      const { status, body } = await get({ Range: range })
      expect(status).toBe(200)
      expect(await text(body)).toBe(TEXT)
    })

    test('refuses a part beyond the end', async () => {
      await start()
      await expect(get({ Range: 'bytes=10-' })).rejects.toMatchObject({ code: 'range_not_satisfiable' })
    })

    test('has no body for a copy that is still the same', async () => {
      await start()
      const { headers, body: first } = await get()
      await first?.cancel()
      const etag = new Headers(headers).get('etag') ?? ''
      const { status, body } = await get({ 'If-None-Match': `"other", ${etag}` })
      expect({ status, body }).toEqual({ status: 304, body: null })
      const other = await get({ 'If-None-Match': '"other"' })
      expect(other.status).toBe(200)
      expect(await text(other.body)).toBe(TEXT)
    })

    test('sends all of a file again that has changed since the first part', async () => {
      await start()
      const { status, body } = await get({ Range: 'bytes=5-', 'If-Range': '"of another content"' })
      expect(status).toBe(200)
      expect(await text(body)).toBe(TEXT)
    })

    test('streams large files whole, several at once, and empty ones', async () => {
      await start()
      const streams = await Promise.all([get({}, 'large'), get({}, 'large')])
      for (const { body } of streams) {
        const content = Buffer.from(await new Response(body).arrayBuffer())
        expect(Buffer.compare(content, LARGE)).toBe(0)
      }
      const empty = await get({}, 'empty')
      expect(new Headers(empty.headers).get('content-length')).toBe('0')
      expect(await text(empty.body)).toBe('')
    })

    test('refuses a file that is gone', async () => {
      const drive = await start()
      const file = await only('Party at Ümläut')
      await opened.remove('Party at Ümläut/a.jpg')
      const refused = { code: 'file_not_found' }
      await expect(drive.open(file, new Headers())).rejects.toMatchObject(refused)
      await expect(drive.download(file)).rejects.toMatchObject(refused)
    })

    test('ends a stream when it is aborted', async () => {
      const drive = await start()
      const person = new AbortController()
      const { body } = await drive.open(await only('large'), new Headers(), person.signal)
      const reader = body?.getReader()
      await reader?.read()
      person.abort(new Error('has left'))
      const rest = async () => {
        while (!(await reader?.read())?.done);
      }
      await expect(rest()).rejects.toBeDefined()
      await expect(drive.open(await only('large'), new Headers(), AbortSignal.abort())).rejects.toBeDefined()
    })
  })
}
