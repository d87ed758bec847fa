import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { UploadDrive, UploadSource } from '../../../shared/drive/port.ts'

export interface StoredFile {
  id: string
  name: string
  mime_type: string
  content: Uint8Array
  /** Whether anyone who has the link can read it. */
  public: boolean
}

export interface OpenUpload {
  drive: UploadDrive
  /** Every file on the drive, those in the trash left out. */
  files(): Promise<StoredFile[]>
  /** Id of a folder that is there, where the drive has folders. */
  folder?: string
  /** Names of the files in that folder. */
  inFolder?(): Promise<string[]>
  /** What anyone gets who follows the link. */
  follow(link: string): Promise<Uint8Array>
  close(): Promise<void>
}

/** Bytes that differ from themselves moved by any number that a chunk is likely to have. */
export function bytes(size: number, seed = 1): Uint8Array {
  const pattern = Buffer.from(
    Array.from({ length: 9_973 }, (_, index) => (index * 31 + (index >> 8) * 17 + seed) % 256),
  )
  return new Uint8Array(Buffer.alloc(size, pattern))
}

export function sourceOf(name: string, content: Uint8Array, mime_type = 'image/png'): UploadSource {
  return {
    name,
    mime_type,
    size: content.length,
    // In pieces, as a file on disk comes.
    open: (offset) =>
      Readable.from(
        (function* () {
          for (let at = offset; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536)
        })(),
        { objectMode: false },
      ),
  }
}

export interface UploadPromises {
  /** The drive has folders. */
  folders: boolean
}

/** What every drive for uploads promises; see UploadDrive in shared/drive/port.ts. */
export function uploadContract(
  name: string,
  open: () => Promise<OpenUpload>,
  { folders }: UploadPromises,
): void {
  describe(`uploads to ${name}`, () => {
    let opened: OpenUpload
    const start = async () => {
      opened = await open()
      return opened.drive
    }
    afterEach(() => opened.close())

    test('reserved ids are all different and fit into a path', async () => {
      const drive = await start()
      const ids = await Promise.all(Array.from({ length: 20 }, () => drive.reserveId()))
      expect(new Set(ids).size).toBe(20)
      for (const id of ids) expect(id).toMatch(/^[\w-]{10,100}$/)
      expect(await opened.files()).toEqual([])
    })

    test('a file has its name, its type and its bytes, and anyone with the link can read it', async () => {
      const drive = await start()
      const content = bytes(300_000)
      const id = await drive.reserveId()
      await drive.upload(sourceOf('Ümläut "写真" #1 & 50%.png', content), id, undefined)
      const [file, ...others] = await opened.files()
      expect(others).toEqual([])
      expect(file).toMatchObject({
        id,
        name: 'Ümläut "写真" #1 & 50%.png',
        mime_type: 'image/png',
        public: true,
      })
      expect(Buffer.compare(file?.content ?? new Uint8Array(), content)).toBe(0)
    })

    test('a picture is read by its id, and only one that was uploaded', async () => {
      const drive = await start()
      const content = bytes(1_000)
      const [id, other] = [await drive.reserveId(), await drive.reserveId()]
      await drive.upload(sourceOf('a.png', content), id, undefined)
      const first = await drive.picture(id)
      expect(first).toMatchObject({ name: 'a.png', mime_type: 'image/png', size: 1_000 })
      expect(Buffer.compare(await first.read(), content)).toBe(0)
      await drive.upload(sourceOf('b.png', bytes(1_000, 2)), id, undefined, { replace: true })
      const second = await drive.picture(id)
      expect(second.name).toBe('b.png')
      expect(second.version).not.toBe(first.version)
      for (const none of [other, 'a', '', '../a', `${id}x`]) {
        await expect(drive.picture(none)).rejects.toMatchObject({ code: 'file_not_found' })
      }
    })

    test('links lead to the file', async () => {
      const drive = await start()
      const content = bytes(1_000)
      const id = await drive.reserveId()
      await drive.upload(sourceOf('a.png', content), id, undefined)
      const { drive_link, download_link } = drive.links(id)
      for (const link of [drive_link, download_link]) {
        expect(URL.canParse(link)).toBe(true)
        expect(link).toContain(id)
      }
      expect(Buffer.compare(await opened.follow(download_link), content)).toBe(0)
    })

    test('a large file arrives whole', async () => {
      const drive = await start()
      const content = bytes(20 * 1024 * 1024 + 7)
      await drive.upload(sourceOf('large.png', content), await drive.reserveId(), undefined)
      const [file] = await opened.files()
      expect(Buffer.compare(file?.content ?? new Uint8Array(), content)).toBe(0)
    })

    test('uploaded twice, and at the same time, it is one file', async () => {
      const drive = await start()
      const id = await drive.reserveId()
      const content = bytes(50_000)
      const upload = () => drive.upload(sourceOf('a.png', content), id, undefined)
      await Promise.all([upload(), upload(), upload()])
      await upload()
      const files = await opened.files()
      expect(files).toMatchObject([{ id, name: 'a.png', public: true }])
      expect(Buffer.compare(files[0]?.content ?? new Uint8Array(), content)).toBe(0)
    })

    test('a file that is there stays as it is', async () => {
      const drive = await start()
      const id = await drive.reserveId()
      await drive.upload(sourceOf('a.png', bytes(1_000)), id, undefined)
      await drive.upload(sourceOf('b.png', bytes(2_000, 2)), id, undefined)
      const [file] = await opened.files()
      expect(file).toMatchObject({ id, name: 'a.png' })
      expect(file?.content.length).toBe(1_000)
    })

    test('replaced, it is the same file with another name, type and bytes', async () => {
      const drive = await start()
      const id = await drive.reserveId()
      const other = bytes(6_000_000, 2)
      await drive.upload(sourceOf('a.png', bytes(1_000)), id, undefined)
      for (let time = 0; time < 2; time++) {
        await drive.upload(sourceOf('b.jpg', other, 'image/jpeg'), id, undefined, { replace: true })
        const files = await opened.files()
        expect(files).toMatchObject([{ id, name: 'b.jpg', mime_type: 'image/jpeg', public: true }])
        expect(Buffer.compare(files[0]?.content ?? new Uint8Array(), other)).toBe(0)
      }
      expect(Buffer.compare(await opened.follow(drive.links(id).download_link), other)).toBe(0)
    })

    test('to be replaced but not there yet, it is created', async () => {
      const drive = await start()
      const id = await drive.reserveId()
      await drive.upload(sourceOf('a.png', bytes(1_000)), id, undefined, { replace: true })
      expect(await opened.files()).toMatchObject([{ id, name: 'a.png', public: true }])
    })

    if (folders) {
      test('goes into the folder it is meant for', async () => {
        const drive = await start()
        await drive.upload(sourceOf('a.png', bytes(10)), await drive.reserveId(), opened.folder)
        expect(await opened.inFolder?.()).toEqual(['a.png'])
      })
    }

    test('into a folder that is not there is refused', async () => {
      const drive = await start()
      const id = await drive.reserveId()
      const upload = drive.upload(sourceOf('a.png', bytes(10)), id, 'never-was-a-folder-of-this-drive')
      await expect(upload).rejects.toMatchObject({ code: 'folder_not_found' })
      expect(await opened.files()).toEqual([])
    })

    test('a source that breaks off leaves no file, and the id is good for the next try', async () => {
      const drive = await start()
      const id = await drive.reserveId()
      const content = bytes(200_000)
      const broken: UploadSource = {
        ...sourceOf('a.png', content),
        open: () =>
          Readable.from(
            (function* () {
              yield content.subarray(0, 100_000)
              throw new Error('the disk is gone')
            })(),
            { objectMode: false },
          ),
      }
      await expect(drive.upload(broken, id, undefined)).rejects.toBeDefined()
      expect(await opened.files()).toEqual([])
      await drive.upload(sourceOf('a.png', content), id, undefined)
      expect(await opened.files()).toMatchObject([{ id, public: true }])
    })
  })
}
