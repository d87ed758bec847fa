import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from '@jest/globals'
import { googleDrive } from '../../../../shared/drive/google/drive.ts'
import type { DriveFile } from '../../../../shared/drive/port.ts'
import { TOKEN } from './setup.ts'

const FILE: DriveFile = { id: 'x', name: 'x.jpg', mime_type: 'image/jpeg' }
const MAX_BYTES = 100_000
const TOO_LARGE = { code: 'image_too_large' }
const cleanup: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close()
})

/** A Drive whose every answer is this one; notes the paths it was asked for. */
async function driveBehind(answer: RequestListener, path = '') {
  const paths: (string | undefined)[] = []
  const server = createServer((request, response) => {
    paths.push(request.url)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  })
  const { port } = server.address() as AddressInfo
  const apiRoot = `http://127.0.0.1:${port}${path}`
  return { paths, drive: googleDrive({ apiRoot, maxBytes: MAX_BYTES, backoffMs: 1 }) }
}

describe('the size of a download', () => {
  const ofBytes = (length: number) => driveBehind((_, response) => response.end(Buffer.alloc(length)))

  test('is bounded by what the listing says, without a call', async () => {
    const { drive, paths } = await ofBytes(1)
    await expect(drive.download({ ...FILE, size: MAX_BYTES + 1 }, TOKEN)).rejects.toMatchObject(TOO_LARGE)
    expect(paths).toEqual([])
  })

  test('is bounded by what the answer announces', async () => {
    const { drive, paths } = await ofBytes(MAX_BYTES + 1)
    await expect(drive.download(FILE, TOKEN)).rejects.toMatchObject(TOO_LARGE)
    expect(paths).toHaveLength(1)
  })

  test('may be the largest allowed', async () => {
    const { drive } = await ofBytes(MAX_BYTES)
    expect(await drive.download({ ...FILE, size: MAX_BYTES }, TOKEN)).toHaveLength(MAX_BYTES)
  })

  test('is bounded by what comes, where nothing is announced', async () => {
    const { drive } = await driveBehind((_, response) => {
      const more = () => {
        while (response.writable && response.write(Buffer.alloc(10_000)));
        response.once('drain', more)
      }
      more()
    })
    await expect(drive.download(FILE, TOKEN)).rejects.toMatchObject(TOO_LARGE)
  })

  test('may differ from what is announced when it is compressed on the way', async () => {
    const body = gzipSync(Buffer.alloc(50_000))
    const { drive } = await driveBehind((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': body.length }).end(body)
    })
    expect(await drive.download(FILE, TOKEN)).toHaveLength(50_000)
  })
})

test('the address of Google may have a path, as behind a proxy', async () => {
  const { drive, paths } = await driveBehind((_, response) => response.writeHead(401).end(), '/google')
  await expect(drive.checkAccess(TOKEN)).rejects.toMatchObject({ code: 'token_expired' })
  await expect(drive.download(FILE, TOKEN)).rejects.toMatchObject({ code: 'token_expired' })
  expect(paths).toEqual([
    '/google/drive/v3/about?fields=user%28emailAddress%29',
    '/google/drive/v3/files/x?alt=media&supportsAllDrives=true',
  ])
})
