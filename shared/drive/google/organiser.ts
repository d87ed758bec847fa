import type { DriveReader } from '../../google-auth/reader.ts'
import { parseGoogleLink } from '../links.ts'
import type { OrganiserDrive } from '../port.ts'
import { type As, asAccount, asAnybody } from './authority.ts'
import { organiserError } from './organiser-refusals.ts'
import { type GoogleReadsOptions, googleReads } from './reads.ts'
import { googleRetry, type RetryTimings } from './retry.ts'

export interface GoogleOrganiserOptions extends GoogleReadsOptions, RetryTimings {
  /** Who reads: looked up for each call. */
  reader: () => DriveReader
}

/**
 * Google Drive for albums, read with the server's own right. The calls of one instance share a pacer, so a process should have a
 * single instance. It tells of no changes: albums list their folders.
 */
export function googleOrganiser({ reader, ...options }: GoogleOrganiserOptions): OrganiserDrive {
  const retried = googleRetry(options, (operation, failure) =>
    organiserError(reader().authorisation, operation, failure),
  )
  const reads = googleReads(options, retried)

  const as: As = (attempt) => {
    const current = reader()
    const own = 'apiKey' in current ? asAnybody(current.apiKey) : asAccount(current.credentials)
    return own(attempt)
  }

  return {
    get authorisation() {
      return reader().authorisation
    },
    parseLink: parseGoogleLink,
    folderName: (folder) => reads.folderName(as, folder),
    listImages: (folder, listing) => reads.listImages(as, folder, listing),
    download: (file, signal) => reads.download(as, file, signal),
    open: (file, request, signal) => reads.open(as, file, request, signal),
  }
}
