import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { directoryDrive } from '../../../../shared/drive/directory/drive.ts'
import { idOfPath } from '../../../../shared/drive/ids.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import { signature } from '../../../signature.ts'
import { fileOf, forgedId, namesOf, servedDirectory } from './setup.ts'

const folder = servedDirectory()
const { put, list } = folder

describe('nothing but the visible images below the root is reachable', () => {
  const hostile: [string, () => Promise<string> | string][] = [
    ['a path upwards', () => forgedId('/../outside/secret.jpg')],
    ['a path upwards from below', () => forgedId('/a/../../outside/secret.jpg')],
    ['an absolute path', () => forgedId(join(folder.outside, 'secret.jpg'))],
    ['an absolute path behind the slash', () => forgedId(`/${join(folder.outside, 'secret.jpg')}`)],
    ['a null byte', () => forgedId('/a.jpg\0')],
    ['a null byte behind an extension', () => forgedId('/notes.txt\0.jpg')],
    ['bytes that are not UTF-8', () => forgedId(Buffer.from([0x2f, 0xff, 0xfe]))],
    ['the path itself', () => '../outside/secret.jpg'],
    ['nothing', () => ''],
    ['only the prefix', () => 'local_'],
    ['a path far too long', () => idOfPath(`${'x'.repeat(5000)}.jpg`)],
    ['a folder', () => idOfPath('folder.jpg')],
    ['the root', () => idOfPath('')],
    ['a file that is no image', () => idOfPath('notes.txt')],
    ['a hidden file', () => idOfPath('.hidden.jpg')],
    ['a file in a hidden folder', () => idOfPath('.git/a.jpg')],
    [
      'a symlink out of the root',
      async () => {
        await symlink(join(folder.outside, 'secret.jpg'), join(folder.root, 'link.jpg'))
        return idOfPath('link.jpg')
      },
    ],
    [
      'a relative symlink out of the root',
      async () => {
        await symlink('../outside/secret.jpg', join(folder.root, 'link.jpg'))
        return idOfPath('link.jpg')
      },
    ],
    [
      'a symlinked folder out of the root',
      async () => {
        await symlink(folder.outside, join(folder.root, 'album'))
        return idOfPath('album/secret.jpg')
      },
    ],
    [
      'a symlink by way of a symlink',
      async () => {
        await symlink(folder.outside, join(folder.root, 'album'))
        await symlink('album/secret.jpg', join(folder.root, 'link.jpg'))
        return idOfPath('link.jpg')
      },
    ],
    [
      'a folder beside the root whose name begins like it',
      async () => {
        await mkdir(`${folder.root}-private`)
        await writeFile(join(`${folder.root}-private`, 'a.jpg'), 'secret')
        await symlink(`${folder.root}-private/a.jpg`, join(folder.root, 'link.jpg'))
        return idOfPath('link.jpg')
      },
    ],
    [
      'an image name for a file that is none',
      async () => {
        await symlink('notes.txt', join(folder.root, 'link.jpg'))
        return idOfPath('link.jpg')
      },
    ],
    [
      'an image name for a hidden file',
      async () => {
        await symlink('.hidden.jpg', join(folder.root, 'link.jpg'))
        return idOfPath('link.jpg')
      },
    ],
    [
      'a FIFO, without waiting for its writer',
      () => {
        execFileSync('mkfifo', [join(folder.root, 'pipe.jpg')])
        return idOfPath('pipe.jpg')
      },
    ],
    [
      'a device',
      async () => {
        await symlink('/dev/zero', join(folder.root, 'zero.jpg'))
        return idOfPath('zero.jpg')
      },
    ],
  ]

  test.each(hostile)('%s', async (_, prepare) => {
    for (const name of ['a.jpg', 'notes.txt', '.hidden.jpg', '.git/a.jpg', 'folder.jpg/b.txt'])
      await put(name)
    const id = await prepare()
    await expect(folder.drive.download(fileOf(id), 'any')).rejects.toMatchObject({ code: 'file_not_found' })
    await expect(folder.drive.open(id)).rejects.toMatchObject({ code: 'file_not_found' })
    const options = { recursive: true, maxFiles: 100 }
    expect(namesOf(await folder.drive.listImages({ id: idOfPath('') }, 'any', options))).toEqual(['a.jpg'])
    if (id !== idOfPath('') && id !== idOfPath('folder.jpg')) {
      await expect(folder.drive.listImages({ id }, 'any', options)).rejects.toMatchObject({
        code: 'folder_not_found',
      })
    }
  })

  test('a folder by a symlink out of the root', async () => {
    await symlink(folder.outside, join(folder.root, 'album'))
    await expect(list('local:/album')).rejects.toMatchObject({ code: 'folder_not_found' })
    expect(await list('local:/', { recursive: true })).toEqual([])
  })

  test('the root itself may be a symlink', async () => {
    await put('a.jpg', 'bytes')
    await symlink(folder.root, `${folder.root}-link`)
    folder.drive = directoryDrive({
      root: `${folder.root}-link`,
      base: { apiBaseUrl: 'http://localhost' },
      signature,
    })
    const [file] = (await list()) as [DriveFile]
    expect(Buffer.from(await folder.drive.download(file, 'any')).toString()).toBe('bytes')
  })
})
