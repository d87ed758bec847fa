import type { DriveCredentials } from '../../../shared/drive/google-credentials.ts'
import { googleUploadDrive } from '../../../shared/drive/google-upload.ts'
import type { GoogleUploadOptions } from '../../../shared/drive/google-upload-calls.ts'
import { startDriveServer } from '../../drive-server/server.ts'
import { testClock } from './google-setup.ts'
import type { StoredFile } from './upload-contract.ts'

export const UPLOADER = 'ya29.the-token-of-the-uploader'
export const SECOND_TOKEN = 'ya29.another-token-of-the-uploader'

/** Has another token for one that is refused, once. */
function testCredentials(): DriveCredentials & { refused: string[] } {
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

export type OpenGoogleUpload = Awaited<ReturnType<typeof openGoogleUpload>>
