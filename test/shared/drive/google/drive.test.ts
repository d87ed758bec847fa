import { expect, test } from '@jest/globals'
import { googleDrive } from '../../../../shared/drive/google/drive.ts'
import type { Item } from '../../../fakes/drive/items.ts'
import { contentOf } from '../../../fakes/drive/items.ts'
import { startDriveServer } from '../../../fakes/drive/server.ts'
import { driveContract } from '../contract.ts'

test('a link to download a file has its resource key, if it has one', () => {
  const { downloadUrl } = googleDrive({ apiRoot: 'http://unused.example' })
  const link = 'https://drive.google.com/uc?id=1AbC&export=download'
  expect(downloadUrl({ id: '1AbC' })).toBe(link)
  expect(downloadUrl({ id: '1AbC', resource_key: '0-k_e-y' })).toBe(`${link}&resourcekey=0-k_e-y`)
})

driveContract('Google Drive', async (tree) => {
  const server = await startDriveServer({ pageLimit: 3 })
  server.addToken('valid')
  server.addToken('expired')
  server.expireToken('expired')
  const root = server.addFolder('Photos')

  const child = (parent: Item, name: string) =>
    server.items.childrenOf(parent.id).find((item) => item.name === name)
  const folderAt = (path: string) =>
    path
      .split('/')
      .filter((name) => name !== '')
      .reduce((parent, name) => child(parent, name) ?? server.addFolder(name, parent), root)
  const split = (path: string) => {
    const slash = path.lastIndexOf('/')
    return { parent: folderAt(path.slice(0, slash + 1)), name: path.slice(slash + 1) }
  }
  const write = async (path: string, content: Uint8Array) => {
    const { parent, name } = split(path)
    const existing = child(parent, name)
    if (existing) existing.content = contentOf(content)
    else if (name !== '') server.addFile(name, parent, content)
  }
  for (const [path, content] of Object.entries(tree)) await write(path, content)

  return {
    drive: googleDrive({ apiRoot: server.url }),
    accessToken: 'valid',
    expiredToken: 'expired',
    link: (folder) => `https://drive.google.com/drive/folders/${folderAt(folder).id}?usp=sharing`,
    write,
    async remove(path) {
      const { parent, name } = split(path)
      server.items.remove(child(parent, name)?.id ?? '')
    },
    close: server.close,
  }
})
