import { expect, test } from '@jest/globals'
import { bytes } from '../../upload-contract.ts'
import { oneUpload, small } from './setup.ts'

const start = oneUpload()
const GONE = { code: 'file_not_found' }

async function uploaded() {
  const opened = await start()
  await opened.upload(small)
  const item = opened.server.items.all.get(opened.id)
  if (!item) throw new Error('nothing was uploaded')
  return { ...opened, item }
}

test('a picture is not there for guests once its link was withdrawn, or while it is in the trash', async () => {
  const { drive, id, item } = await uploaded()
  const { permissions } = item
  item.permissions = []
  await expect(drive.picture(id)).rejects.toMatchObject(GONE)
  item.permissions = permissions
  item.trashed = true
  await expect(drive.picture(id)).rejects.toMatchObject(GONE)
  item.trashed = false
  expect(await drive.picture(id)).toMatchObject({ name: 'a.png', size: small.length })
})

test('the same holds for a shared drive, whose files do not tell their permissions', async () => {
  const { drive, id, item } = await uploaded()
  item.driveId = 'the-shared-drive'
  expect(await drive.picture(id)).toMatchObject({ name: 'a.png' })
  item.permissions = []
  await expect(drive.picture(id)).rejects.toMatchObject(GONE)
})

test('a public file of somebody else is not shown, nor what is no picture', async () => {
  const { drive, server } = await start()
  const folder = server.addFolder('Photos')
  const stranger = server.addFile('stranger.png', folder, bytes(100))
  stranger.isOwn = false
  server.publish(stranger)
  await expect(drive.picture(stranger.id)).rejects.toMatchObject(GONE)
  const text = server.addFile('notes.txt', folder, bytes(100))
  server.publish(text)
  await expect(drive.picture(text.id)).rejects.toMatchObject(GONE)
})

test('what was uploaded before files were marked is shown, and what an earlier account has uploaded', async () => {
  const { drive, id, item } = await uploaded()
  const { appProperties } = item
  delete item.appProperties
  expect(await drive.picture(id)).toMatchObject({ name: 'a.png' })
  item.isOwn = false
  await expect(drive.picture(id)).rejects.toMatchObject(GONE)
  Object.assign(item, { appProperties })
  expect(await drive.picture(id)).toMatchObject({ name: 'a.png' })
})
