import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import { createClient } from '../../../shared/client/client.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { temporaryDataDir } from '../../sample.ts'
import { silent } from '../../shared/scan/scan-fixture.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from './run-command.ts'

const photosDir = await temporaryDir()
const dataDir = await temporaryDataDir()
let server: LocalServer
beforeAll(async () => {
  await mkdir(join(photosDir, 'wedding/dinner'), { recursive: true })
  const background = { r: 9, g: 99, b: 200 }
  for (const name of ['1.png', '2.png', 'dinner/3.png']) {
    await sharp({ create: { width: 64, height: 64, channels: 3, background } }).toFile(
      join(photosDir, 'wedding', name),
    )
  }
  const config = parseConfig({
    DATA_DIR: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    API_KEYS: 'secret',
  })
  server = await startServer(config, { log: silent, photosDir })
})
afterAll(() => server.close())

const albums = async (...args: string[]) => {
  const env = { LOG_LEVEL: 'silent', API_KEYS: 'secret' }
  return startCommand('cli/albums', ['--url', server.url, ...args], env).finished
}

test('an album is made, listed, closed and deleted', async () => {
  const { code, lines } = await albums(
    'add',
    'local:/wedding',
    '--recursive',
    '--title',
    'Anna & Ben',
    '--code',
    'x-12',
    '--until',
    '2126-01-31',
  )
  expect([code, lines]).toEqual([2, ['']])
  const until = new Date(Date.now() + 10 * 24 * 3_600_000).toISOString().slice(0, 10)
  const added = await albums(
    'add',
    'local:/wedding',
    '--recursive',
    '--title',
    'Anna & Ben',
    '--code',
    'x-12',
    '--until',
    until,
  )
  expect(added.code).toBe(0)
  const [link = ''] = added.lines[0]?.split('  ') ?? []
  expect(link).toMatch(new RegExp(`^${server.url}/a/[\\w-]{22}$`))
  const id = link.split('/').at(-1) ?? ''
  const indexed = createClient({ apiBase: `${server.url}/api/v1` }).albums.updates(id)
  for await (const { photos, indexing } of indexed) if (photos === 3 && !indexing) break

  const listed = await albums('--json', 'list')
  expect(listed.lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      album_id: id,
      link,
      title: 'Anna & Ben',
      photos: 3,
      needs_code: true,
      organiser: { recursive: true, faces: 0 },
    },
  ])
  expect((await albums('close', `${link}/?from=chat`)).lines[0]).toMatch(
    /Anna & Ben {2}3 photos, 0 faces {2}0 searches {2}with a code {2}closed/,
  )
  expect((await albums('delete', id)).stdout).toBe('deleted\n')
  expect(await albums('list')).toMatchObject({ stdout: '', stderr: expect.stringMatching(/no albums yet/) })
  expect(await albums('refresh', id)).toMatchObject({ code: 1, stderr: 'There is no such album.\n' })
})

test('a wrong key, no server and a folder that is not there are said', async () => {
  expect(await albums('--key', 'wrong', 'list')).toMatchObject({
    code: 1,
    stderr: 'This API key was not accepted.\n',
  })
  expect((await albums('add', 'local:/nowhere')).stderr).toBe('There is no such folder.\n')
  const nowhere = startCommand('cli/albums', ['--url', 'http://127.0.0.1:9', 'list'], {})
  expect((await nowhere.finished).stderr).toMatch(/^No server responds at http:\/\/127.0.0.1:9/)
})
