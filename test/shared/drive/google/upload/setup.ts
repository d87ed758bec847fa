import { afterEach, expect } from '@jest/globals'
import type { GoogleUploadOptions } from '../../../../../shared/drive/google/upload/calls.ts'
import { googleUploadDrive } from '../../../../../shared/drive/google/upload/drive.ts'
import type { UploaderCredentials } from '../../../../../shared/google-auth/uploader.ts'
import { startDriveServer } from '../../../../fakes/drive/server.ts'
import { bytes, type StoredFile, sourceOf } from '../../upload-contract.ts'
import { testClock } from '../setup.ts'

export const UPLOADER = 'ya29.the-token-of-the-uploader'
export const SECOND_TOKEN = 'ya29.another-token-of-the-uploader'

/** Has another token for one that is refused, once. */
function testCredentials(): UploaderCredentials & { refused: string[] } {
  const refused: string[] = []
  return {
    refused,
    async accessToken(token) {
      if (token !== undefined) refused.push(token)
      return refused.length > 0 ? SECOND_TOKEN : UPLOADER
    },
  }
}

/** The adapter on the stand-in server, which knows both tokens; pauses take no time. */
export async function openGoogleUpload(options: Partial<GoogleUploadOptions> = {}) {
  const server = await startDriveServer()
  for (const token of [UPLOADER, SECOND_TOKEN]) server.addToken(token, 'uploader@example.com')
  const folder = server.addFolder('Results')
  const clock = testClock()
  const credentials = testCredentials()
  const drive = googleUploadDrive({ apiRoot: server.url, credentials, backoffMs: 1, clock, ...options })

  async function files(): Promise<StoredFile[]> {
    const stored = [...server.items.all.values()].filter((item) => item.content && !item.trashed)
    return Promise.all(
      stored.map(async ({ id, name, mimeType, content, permissions }) => ({
        id,
        name,
        mime_type: mimeType,
        content: (await content?.read()) ?? new Uint8Array(),
        public: permissions.some(({ type, role }) => type === 'anyone' && role === 'reader'),
      })),
    )
  }

  return {
    server,
    clock,
    credentials,
    drive,
    files,
    folder: folder.id,
    inFolder: async () => server.items.childrenOf(folder.id).map((item) => item.name),
    async follow(link: string) {
      const id = new URL(link).searchParams.get('id')
      const file = (await files()).find((stored) => stored.id === id && stored.public)
      return file?.content ?? new Uint8Array()
    },
    close: server.close,
  }
}

export const MiB = 2 ** 20
export const CREATE = { method: 'POST', path: '/upload/drive/v3/files' }
export const CHUNK = { method: 'PUT', path: '/upload/drive/v3/files' }
export const SHARE = { method: 'POST', path: /\/permissions$/ }
export const small = bytes(1_000)
/** Two whole chunks of the smaller ones that most tests use, and a third. */
export const large = bytes(1.25 * MiB + 5)

/** What the tests of uploads to Google begin with; everything is closed after the test. */
export function oneUpload() {
  const cleanup: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of cleanup.splice(0)) await close()
  })

  return async function start(options?: Partial<GoogleUploadOptions>) {
    const smaller = { singleRequestBytes: MiB, chunkBytes: MiB / 2 }
    const opened = await openGoogleUpload({ ...smaller, ...options })
    const { drive, server, folder, files, close } = opened
    cleanup.push(close)
    const id = await drive.reserveId()
    server.requests.length = 0
    return {
      ...opened,
      id,
      upload: (content: Uint8Array, replace = false) =>
        drive.upload(sourceOf('a.png', content), id, folder, { replace }),
      calls: () => server.requests.map(({ method, path }) => `${method} ${path}`),
      /** There is one file, it is this one, and anyone can read it. */
      async expectStored(content: Uint8Array) {
        const stored = await files()
        expect(stored).toMatchObject([{ id, name: 'a.png', public: true }])
        expect(Buffer.compare(stored[0]?.content ?? new Uint8Array(), content)).toBe(0)
      },
    }
  }
}
