import { hasCode } from '../../../shared/contract/app-error.ts'
import type { OrganiserDrive } from '../../../shared/drive/port.ts'
import { type DriveReader, driveReaders } from '../../../shared/google-auth/reader.ts'
import type { Config } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { openReader } from '../../../shared/platform/wiring/adapters.ts'
import { type Check, TIMEOUT } from './check.ts'

const NAMES: Record<DriveReader['authorisation'], string> = {
  uploader: 'Albums as the uploading account',
  service_account: 'Albums as the service account',
  api_key: 'Albums by the API key',
}

/** A folder that does not exist, for a key whose acceptance is all that is asked. */
const NOWHERE = '1'.repeat(33)

/** One check for each right to read that is configured; albums use the first. */
export function readingChecks(config: Config, link: string | undefined): Check[] {
  const readers = driveReaders(config, { log: createLog('silent'), timeoutMs: TIMEOUT })
  return readers().map((reader) => ({
    name: NAMES[reader.authorisation],
    ...(reader.authorisation === 'uploader' && { after: 'Google Drive' }),
    async look() {
      const drive = await openReader(config, () => reader, { retries: 1, timeoutMs: TIMEOUT })
      return link === undefined ? accepted(reader, drive) : read(drive, link)
    },
  }))
}

async function accepted(reader: DriveReader, drive: OrganiserDrive): Promise<string> {
  const advice = 'check a folder with --album LINK'
  if (reader.authorisation !== 'api_key') {
    await reader.credentials.accessToken()
    return `may read what is shared with it; ${advice}`
  }
  await drive.folderName({ id: NOWHERE }).catch((error: unknown) => {
    if (!hasCode(error, 'folder_not_found')) throw error
  })
  return `Google accepts the key; ${advice}`
}

/** Reads what an album reads: the folder's name, its list, and of one photo a byte. */
async function read(drive: OrganiserDrive, link: string): Promise<string> {
  const folder = drive.parseLink(link)
  const name = await drive.folderName(folder)
  const files = await drive.listImages(folder, { recursive: false, maxFiles: Number.POSITIVE_INFINITY })
  const photo = files.find(({ size }) => size !== 0)
  if (photo) {
    const { body } = await drive.open(photo, new Headers({ Range: 'bytes=0-0' }))
    await body?.cancel()
  }
  return `"${name}" has ${files.length} image${files.length === 1 ? '' : 's'}${photo ? ' that can be downloaded' : ''}`
}
