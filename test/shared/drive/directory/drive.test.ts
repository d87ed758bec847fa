import { execFileSync } from 'node:child_process'
import { mkdir, open, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { idOfPath, pathOfId } from '../../../../shared/drive/ids.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import { countIterations } from '../../../loop-iterations.ts'
import { signature } from '../../../signature.ts'
import { driveContract } from '../contract.ts'
import { HEADS, OTHER_HEADS } from '../image-heads.ts'
import { forgedId, namesOf, servedDirectory } from './setup.ts'

const folder = servedDirectory()
const { put, list } = folder

driveContract('a directory', async (tree) => {
  const at = (path: string) => join(folder.root, path)
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(path.endsWith('/') ? at(path) : dirname(at(path)), { recursive: true })
    if (!path.endsWith('/')) await writeFile(at(path), content)
  }
  return {
    drive: folder.drive,
    accessToken: 'any',
    expiredToken: 'expired',
    link: (folder) => `local:/${folder}`,
    write: (path, content) => writeFile(at(path), content),
    remove: (path) => rm(at(path), { recursive: true }),
    async close() {},
  }
})

describe('links', () => {
  test.each([
    ['local:/', ''],
    ['local://', ''],
    ['local:/wedding', 'wedding'],
    ['local:/wedding/', 'wedding'],
    ['local:/wedding/day 2/Grüße #1 100%', 'wedding/day 2/Grüße #1 100%'],
    [idOfPath(''), ''],
    [idOfPath('wedding/day 2'), 'wedding/day 2'],
    [`https://drive.google.com/drive/folders/${idOfPath('wedding')}?usp=sharing`, 'wedding'],
    [`https://drive.google.com/drive/u/0/folders/${idOfPath('a')}`, 'a'],
    [`https://drive.google.com/open?id=${idOfPath('')}`, ''],
  ])('%s is a folder', (link, path) => {
    expect(folder.drive.parseLink(link)).toEqual({ id: idOfPath(path) })
  })

  test.each([
    'local:',
    'local:wedding',
    'local:/..',
    'local:/a/../../outside',
    'local:/./a',
    'local:/a//b',
    'local:/a\0',
    'file:///etc',
    '/etc',
    'https://example.com/drive/folders/abcdefgh',
    '',
  ])('%j is refused', (link) => {
    expect(() => folder.drive.parseLink(link)).toThrow(expect.objectContaining({ code: 'invalid_link' }))
  })
})

describe('ids', () => {
  test('lead back to every path, without characters that a URL escapes', () => {
    for (const path of [
      '',
      'a.jpg',
      'a/b/c.jpg',
      'Grüße 😀 #%?&.jpg',
      "it's\\odd\n.jpg",
      `${'x'.repeat(255)}.jpg`,
    ]) {
      const id = idOfPath(path)
      expect(id).toBe(encodeURIComponent(id))
      expect(pathOfId(id)).toBe(path)
    }
  })

  test('have one form only', () => {
    const id = idOfPath('ab')
    expect(pathOfId(id)).toBe('ab')
    for (const other of [
      `${id}=`,
      `${id}A`,
      ` ${id}`,
      id.replace('local_', ''),
      forgedId('ab'),
      '',
      'local_',
    ]) {
      expect(pathOfId(other)).toBeUndefined()
    }
  })
})

describe('listing', () => {
  test('images by their extension, in any case, with type, size and fingerprint', async () => {
    const types = {
      'a.jpg': 'image/jpeg',
      'b.JPEG': 'image/jpeg',
      'c.Png': 'image/png',
      'd.webp': 'image/webp',
      'e.HEIC': 'image/heic',
      'f.heif': 'image/heif',
      'g.gif': 'image/gif',
      'h.tif': 'image/tiff',
      'i.tiff': 'image/tiff',
      'j.avif': 'image/avif',
      'k.bmp': 'image/bmp',
      'l.jfif': 'image/jpeg',
      'm.jpe': 'image/jpeg',
      'n.MPO': 'image/jpeg',
      'o.HIF': 'image/heic',
      'p.heics': 'image/heic',
      'q.jxl': 'image/jxl',
      'r.jp2': 'image/jp2',
      's.psd': 'image/vnd.adobe.photoshop',
      't.NEF': 'image/x-dcraw',
      'u.dng': 'image/x-dcraw',
      'v.jpg ': 'image/jpeg',
      'w.JPG.': 'image/jpeg',
    }
    for (const name of Object.keys(types)) await put(name, 'four')
    for (const other of ['notes.txt', 'jpg', 'movie.mp4', 'a.jpg.txt', '.hidden.jpg', '.trash/x.jpg'])
      await put(other)
    const files = await list()
    expect(Object.fromEntries(files.map((file) => [file.name, file.mime_type]))).toEqual(types)
    for (const file of files) {
      expect(file).toMatchObject({
        id: idOfPath(file.name),
        size: 4,
        md5: expect.stringMatching(/^[0-9a-f]{32}$/),
      })
    }
  })

  test("images by their content where their name is not an image's, and no videos or documents", async () => {
    const names = ['IMG_0001', 'takeout.jp', 'edited.jpg~2', 'ends in blanks  ', 'twitter.jpg-large']
    const expected: Record<string, string> = {}
    for (const [type, head] of Object.entries(HEADS)) {
      for (const name of names) {
        expected[`${type.slice(6)} ${name}`] = type
        await put(`${type.slice(6)} ${name}`, head)
      }
    }
    for (const [what, head] of Object.entries(OTHER_HEADS)) {
      for (const name of [what, `${what}.mp4`, `${what}.bin`]) await put(name, head)
    }
    const files = await list()
    expect(Object.fromEntries(files.map((file) => [file.name, file.mime_type]))).toEqual(expected)
    for (const file of files) {
      expect(Buffer.from(await folder.drive.download(file, 'any'))).toHaveLength(64)
      expect(await folder.drive.open(file.id)).toMatchObject({ name: file.name, mime_type: file.mime_type })
    }
  })

  test('the fingerprint changes with size and with time, and with nothing else', async () => {
    await put('a.jpg', 'one')
    const time = new Date('2024-05-01T12:00:00Z')
    await utimes(join(folder.root, 'a.jpg'), time, time)
    const [before] = await list()
    await rename(join(folder.root, 'a.jpg'), join(folder.root, 'b.jpg'))
    const [renamed] = await list()
    expect(renamed?.md5).toBe(before?.md5)
    await put('b.jpg', 'other')
    await utimes(join(folder.root, 'b.jpg'), time, time)
    const [grown] = await list()
    await utimes(join(folder.root, 'b.jpg'), time, new Date(time.getTime() + 1))
    const [touched] = await list()
    expect(new Set([before?.md5, grown?.md5, touched?.md5]).size).toBe(3)
  })

  test('folders below only when asked, at any depth', async () => {
    await put('a.jpg')
    await put('one/b.jpg')
    await put('one/two/three/c.jpg')
    await put('one/.hidden/d.jpg')
    expect(namesOf(await list())).toEqual(['a.jpg'])
    expect(namesOf(await list('local:/', { recursive: true }))).toEqual(['a.jpg', 'b.jpg', 'c.jpg'])
    expect(namesOf(await list('local:/one', { recursive: true }))).toEqual(['b.jpg', 'c.jpg'])
    expect(namesOf(await list('local:/one/two'))).toEqual([])
  })

  test('symlinks are shortcuts: each target once, circles end', async () => {
    await put('day/a.jpg')
    await symlink(join(folder.root, 'day', 'a.jpg'), join(folder.root, 'again.jpg'))
    await symlink('day', join(folder.root, 'day-link'))
    await symlink('..', join(folder.root, 'day', 'up'))
    await symlink('loop', join(folder.root, 'loop'))
    await symlink('nowhere.jpg', join(folder.root, 'dangling.jpg'))
    const files = await list('local:/', { recursive: true })
    expect(files.map((file) => file.id)).toEqual([idOfPath('day/a.jpg')])
    expect((await list()).map((file) => file.id)).toEqual([idOfPath('day/a.jpg')])
    expect((await list('local:/day-link')).map((file) => file.id)).toEqual([idOfPath('day/a.jpg')])
  })

  test('what is not a regular file is passed over', async () => {
    await put('a.jpg')
    await mkdir(join(folder.root, 'folder.jpg'))
    execFileSync('mkfifo', [join(folder.root, 'pipe.jpg')])
    expect(namesOf(await list('local:/', { recursive: true }))).toEqual(['a.jpg'])
  })

  test('what has a name that is not UTF-8 is listed, so that it ends as an error that tells so', async () => {
    const at = (...parts: (string | number)[]) =>
      Buffer.concat(
        [folder.root, '/', ...parts].map((part) =>
          typeof part === 'string' ? Buffer.from(part) : Buffer.of(part),
        ),
      )
    await writeFile(at('caf', 0xe9, '.jpg'), 'bytes')
    await writeFile(at('caf', 0xe8, '.jpg'), 'bytes')
    await mkdir(at('No', 0xeb, 'l'))
    await writeFile(at('No', 0xeb, 'l/a.jpg'), 'bytes')
    const files = await list('local:/', { recursive: true })
    expect(namesOf(files)).toEqual(['No\ufffdl', 'caf\ufffd.jpg', 'caf\ufffd.jpg\ufffd'])
    for (const file of files) {
      const refused = { code: 'invalid_file_name', message: expect.stringContaining('not UTF-8') }
      await expect(folder.drive.download(file, 'any')).rejects.toMatchObject(refused)
      await expect(folder.drive.open(file.id)).rejects.toMatchObject(refused)
    }
    expect(namesOf(await list())).toHaveLength(2)
  })

  test('more images than allowed are refused', async () => {
    for (const name of ['a.jpg', 'b.jpg', 'sub/c.jpg']) await put(name)
    expect(await list('local:/', { maxFiles: 2 })).toHaveLength(2)
    await expect(list('local:/', { maxFiles: 1 })).rejects.toMatchObject({ code: 'too_many_files' })
    await expect(list('local:/', { maxFiles: 2, recursive: true })).rejects.toMatchObject({
      code: 'too_many_files',
    })
  })

  test('a folder that is not there, hidden, or a file is not found', async () => {
    await put('a.jpg')
    await put('.hidden/b.jpg')
    for (const link of [
      'local:/missing',
      'local:/a.jpg',
      'local:/a.jpg/b',
      'local:/.hidden',
      '1AbCdEfGhIjKlMnOp',
    ]) {
      await expect(list(link)).rejects.toMatchObject({ code: 'folder_not_found' })
    }
    await rm(folder.root, { recursive: true })
    await expect(list()).rejects.toMatchObject({ code: 'folder_not_found' })
  })

  test('stops when told to', async () => {
    await put('a.jpg')
    const signal = AbortSignal.abort()
    const listing = folder.drive.listImages({ id: idOfPath('') }, 'any', {
      recursive: false,
      maxFiles: 10,
      signal,
    })
    await expect(listing).rejects.toThrow('aborted')
  })

  test('20,000 files', async () => {
    await mkdir(join(folder.root, 'large'))
    execFileSync('sh', ['-c', 'seq -f photo-%g.jpg 20000 | xargs touch'], { cwd: join(folder.root, 'large') })
    const files = await list('local:/large', { maxFiles: 20_000 })
    expect(new Set(files.map((file) => file.id)).size).toBe(20_000)
    expect(files.every((file) => file.md5)).toBe(true)
  })

  test('lets requests have their turn while it looks at the names of a large folder', async () => {
    await mkdir(join(folder.root, 'hidden'))
    execFileSync('sh', ['-c', 'seq -f .%g.jpg 5000 | xargs touch'], { cwd: join(folder.root, 'hidden') })
    const iterations = await countIterations(async (iteration) => {
      expect(await list('local:/hidden')).toEqual([])
      return iteration()
    })
    expect(iterations).toBeGreaterThan(5_000 / 500)
  })
})

describe('files', () => {
  test('download, open and link by id', async () => {
    await put('one/Grüße.PNG', 'bytes')
    const [file] = (await list('local:/one')) as [DriveFile]
    expect(Buffer.from(await folder.drive.download(file, 'any')).toString()).toBe('bytes')
    expect(await folder.drive.open(file.id)).toEqual({
      path: join(folder.root, 'one/Grüße.PNG'),
      name: 'Grüße.PNG',
      mime_type: 'image/png',
    })
    const link = `http://localhost:8000/api/v1/drive/files/${file.id}/content?sig=${signature.sign(file.id)}`
    expect(folder.drive.downloadUrl(file)).toBe(link)
  })

  test('a file that is gone is not found', async () => {
    await put('a.jpg')
    const [file] = (await list()) as [DriveFile]
    await rm(join(folder.root, 'a.jpg'))
    await expect(folder.drive.download(file, 'any')).rejects.toMatchObject({ code: 'file_not_found' })
    await expect(folder.drive.open(file.id)).rejects.toMatchObject({ code: 'file_not_found' })
  })

  test('more than 100 MB is not downloaded', async () => {
    const handle = await open(join(folder.root, 'a.jpg'), 'w')
    await handle.truncate(100 * 1024 * 1024 + 1)
    await handle.close()
    const [file] = (await list()) as [DriveFile]
    await expect(folder.drive.download(file, 'any')).rejects.toMatchObject({ code: 'image_too_large' })
  })

  test('the token `expired` is answered like one that Google refuses', async () => {
    await put('a.jpg')
    const [file] = (await list()) as [DriveFile]
    for (const token of ['expired', '']) {
      await expect(folder.drive.checkAccess(token)).rejects.toMatchObject({ code: 'token_expired' })
      await expect(list('local:/', { token })).rejects.toMatchObject({ code: 'token_expired' })
      await expect(folder.drive.download(file, token)).rejects.toMatchObject({ code: 'token_expired' })
    }
    await expect(folder.drive.checkAccess('any')).resolves.toBeUndefined()
  })
})
