import { expect, test } from '@jest/globals'
import { googleDrive } from '../../../../shared/drive/google/drive.ts'
import { startDriveServer } from '../../../fakes/drive/server.ts'
import { driveContract } from '../contract.ts'
import { driveTree } from './tree.ts'

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
  const { link, write, remove } = await driveTree(server, tree)
  return {
    drive: googleDrive({ apiRoot: server.url }),
    accessToken: 'valid',
    expiredToken: 'expired',
    link,
    write,
    remove,
    close: server.close,
  }
})
