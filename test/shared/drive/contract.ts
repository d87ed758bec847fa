import { afterEach, describe, expect, test } from '@jest/globals'
import type { Drive, DriveFile } from '../../../shared/drive/port.ts'

/** Content by path, `/` between the names; folders on the way are made. A path that ends in `/` is an empty folder. */
export type Tree = Record<string, Uint8Array>

export interface OpenDrive {
  drive: Drive
  /** Accepted for everything in the tree. */
  accessToken: string
  /** Refused as expired. */
  expiredToken: string
  /** A link to a folder of the tree as a person would paste it; `''` is the root. */
  link(folder: string): string
  /** Creates the file, or replaces its content. */
  write(path: string, content: Uint8Array): Promise<void>
  remove(path: string): Promise<void>
  close(): Promise<void>
}

const photo = (text: string) => new TextEncoder().encode(`the bytes of ${text}`)
const ALL = { recursive: false, maxFiles: 100 }
const BELOW = { recursive: true, maxFiles: 100 }

const tree: Tree = {
  'one.jpg': photo('one'),
  'TWO.JPEG': photo('two'),
  'three.png': photo('three'),
  'four.heic': photo('four'),
  'notes.txt': photo('notes'),
  'drawing.svg': photo('drawing'),
  'party/dance.webp': photo('dance'),
  'party/late/last.jpg': photo('last'),
  'party/late/one.jpg': photo('another one'),
  'empty/': photo(''),
  'documents/list.pdf': photo('list'),
  "d'oh/Ümläut 写真 #1 & 50%.jpg": photo('names'),
}

/** What every Drive adapter promises; see shared/drive/port.ts. */
export function driveContract(name: string, open: (tree: Tree) => Promise<OpenDrive>): void {
  describe(`the drive on ${name}`, () => {
    let opened: OpenDrive

    const start = async (files: Tree = tree) => {
      opened = await open(files)
      return opened.drive
    }
    const list = (folder: string, options = ALL): Promise<DriveFile[]> =>
      opened.drive.listImages(opened.drive.parseLink(opened.link(folder)), opened.accessToken, options)
    const names = (files: DriveFile[]) => files.map((file) => file.name).sort()
    const only = async (folder: string): Promise<DriveFile> => {
      const [file, ...others] = await list(folder)
      expect(others).toEqual([])
      if (!file) throw new Error(`no image in ${folder}`)
      return file
    }

    afterEach(() => opened.close())

    describe('a link', () => {
      test('is read without a call, and with blanks around a Drive link', async () => {
        const drive = await start()
        const { id } = drive.parseLink(opened.link('party'))
        expect(drive.parseLink(`  https://drive.google.com/drive/folders/${id}?usp=sharing `)).toEqual({ id })
      })

      test('that names no folder is refused', async () => {
        const drive = await start()
        const invalid = expect.objectContaining({ code: 'invalid_link', message: expect.any(String) })
        for (const link of ['', 'photos', 'https://example.com/drive/folders/abcdefghijklmnop']) {
          expect(() => drive.parseLink(link)).toThrow(invalid)
        }
      })

      test('to download a file carries its id', async () => {
        const drive = await start()
        const file = await only('party')
        const url = new URL(drive.downloadUrl(file))
        expect(url.href).toContain(file.id)
      })
    })

    describe('a token', () => {
      test('that is accepted passes the check', async () => {
        const drive = await start()
        await expect(drive.checkAccess(opened.accessToken)).resolves.toBeUndefined()
      })

      test('that has expired is refused by every call', async () => {
        const drive = await start()
        const file = await only('party')
        const root = drive.parseLink(opened.link(''))
        const expired = expect.objectContaining({ code: 'token_expired' })
        await expect(drive.checkAccess(opened.expiredToken)).rejects.toEqual(expired)
        await expect(drive.listImages(root, opened.expiredToken, ALL)).rejects.toEqual(expired)
        await expect(drive.download(file, opened.expiredToken)).rejects.toEqual(expired)
      })
    })

    describe('a listing', () => {
      test('has the images of the folder, and nothing else', async () => {
        await start()
        expect(names(await list(''))).toEqual(['TWO.JPEG', 'four.heic', 'one.jpg', 'three.png'])
      })

      test('has the images of the folders below, when asked', async () => {
        await start()
        expect(names(await list('', BELOW))).toEqual([
          'TWO.JPEG',
          'dance.webp',
          'four.heic',
          'last.jpg',
          'one.jpg',
          'one.jpg',
          'three.png',
          'Ümläut 写真 #1 & 50%.jpg',
        ])
        expect(names(await list('party', BELOW))).toEqual(['dance.webp', 'last.jpg', 'one.jpg'])
      })

      test('says what each file is', async () => {
        await start()
        expect(await only('party')).toMatchObject({
          id: expect.stringMatching(/^[\w-]+$/),
          name: 'dance.webp',
          mime_type: 'image/webp',
          md5: expect.stringMatching(/^[0-9a-f]{32}$/),
          size: photo('dance').length,
        })
      })

      test('gives every file an id of its own, the same the next time', async () => {
        await start()
        const ids = (await list('', BELOW)).map((file) => file.id)
        expect(new Set(ids).size).toBe(8)
        expect((await list('', BELOW)).map((file) => file.id).sort()).toEqual(ids.sort())
      })

      test('shows by md5 which content has changed', async () => {
        await start()
        const before = await list('party', BELOW)
        await opened.write('party/dance.webp', photo('the dance, retouched'))
        const after = await list('party', BELOW)
        const md5 = (files: DriveFile[], file: string) => files.find((other) => other.name === file)?.md5
        expect(md5(after, 'dance.webp')).not.toBe(md5(before, 'dance.webp'))
        expect(md5(after, 'last.jpg')).toBe(md5(before, 'last.jpg'))
        expect(after.map((file) => file.id).sort()).toEqual(before.map((file) => file.id).sort())
      })

      test('is empty for a folder without images', async () => {
        await start()
        expect(await list('empty')).toEqual([])
        expect(await list('documents', BELOW)).toEqual([])
      })

      test('no longer has what was removed', async () => {
        await start()
        await opened.remove('one.jpg')
        expect(names(await list(''))).toEqual(['TWO.JPEG', 'four.heic', 'three.png'])
      })

      test('may have as many images as allowed and not one more', async () => {
        await start()
        expect(await list('', { recursive: true, maxFiles: 8 })).toHaveLength(8)
        const tooMany = expect.objectContaining({ code: 'too_many_files' })
        await expect(list('', { recursive: true, maxFiles: 7 })).rejects.toEqual(tooMany)
        await expect(list('', { recursive: false, maxFiles: 3 })).rejects.toEqual(tooMany)
      })

      test('of a folder that is gone is refused', async () => {
        await start()
        const folder = opened.drive.parseLink(opened.link('empty'))
        await opened.remove('empty')
        await expect(opened.drive.listImages(folder, opened.accessToken, ALL)).rejects.toMatchObject({
          code: 'folder_not_found',
        })
      })

      test('of an id that never was, and of a file, is refused', async () => {
        const drive = await start()
        const { id } = await only('party')
        for (const folder of [{ id: 'never-was-a-folder-of-this-drive' }, { id }]) {
          await expect(drive.listImages(folder, opened.accessToken, BELOW)).rejects.toMatchObject({
            code: 'folder_not_found',
          })
        }
      })

      test('ends when it is aborted', async () => {
        const drive = await start()
        const root = drive.parseLink(opened.link(''))
        const listing = drive.listImages(root, opened.accessToken, { ...BELOW, signal: AbortSignal.abort() })
        await expect(listing).rejects.toBeDefined()
      })
    })

    describe('a download', () => {
      test('has the bytes of the file', async () => {
        const drive = await start()
        for (const file of await list('party', BELOW)) {
          const expected = { 'dance.webp': 'dance', 'last.jpg': 'last', 'one.jpg': 'another one' }[file.name]
          const bytes = await drive.download(file, opened.accessToken)
          expect(new TextDecoder().decode(bytes)).toBe(`the bytes of ${expected}`)
        }
      })

      test('copes with names of every kind', async () => {
        const drive = await start()
        const file = await only("d'oh")
        expect(file.name).toBe('Ümläut 写真 #1 & 50%.jpg')
        expect(Buffer.from(await drive.download(file, opened.accessToken))).toEqual(
          Buffer.from(photo('names')),
        )
      })

      test('of a large file is whole, also when several run at once', async () => {
        const large = new Uint8Array(3_000_000).map((_, index) => index % 251)
        const drive = await start({ 'a.jpg': large, 'b.jpg': large, 'c.jpg': new Uint8Array(0) })
        const files = await list('')
        const contents = await Promise.all(files.map((file) => drive.download(file, opened.accessToken)))
        for (const [index, file] of files.entries()) {
          const expected = file.name === 'c.jpg' ? new Uint8Array(0) : large
          expect(Buffer.compare(contents[index] ?? new Uint8Array(1), expected)).toBe(0)
        }
      })

      test('of a file that is gone is refused', async () => {
        const drive = await start()
        const file = await only('party')
        await opened.remove('party/dance.webp')
        await expect(drive.download(file, opened.accessToken)).rejects.toMatchObject({
          code: 'file_not_found',
        })
      })

      test('ends when it is aborted', async () => {
        const drive = await start()
        const download = drive.download(await only('party'), opened.accessToken, AbortSignal.abort())
        await expect(download).rejects.toBeDefined()
      })
    })
  })
}
