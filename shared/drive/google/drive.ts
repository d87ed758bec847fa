import { parseGoogleLink } from '../links.ts'
import type { Drive } from '../port.ts'
import { asGuest } from './authority.ts'
import { googleDownloadUrl } from './download-url.ts'
import { type GoogleReadsOptions, googleReads } from './reads.ts'
import { googleRetry, type RetryTimings } from './retry.ts'

export interface GoogleDriveOptions extends GoogleReadsOptions, RetryTimings {
  /** Judges a token that Drive accepts, when access is checked. */
  checkToken?: ((accessToken: string) => Promise<void>) | undefined
}

/** Google Drive v3. The calls of one instance share a pacer, so a process should have a single instance. */
export function googleDrive({ checkToken, ...options }: GoogleDriveOptions): Drive {
  const reads = googleReads(options, googleRetry(options))

  return {
    parseLink: parseGoogleLink,

    async checkAccess(accessToken) {
      const call = reads.json(asGuest(accessToken))
      await call('check', undefined, ({ about }, method) =>
        about.get({ fields: 'user(emailAddress)' }, method),
      )
      await checkToken?.(accessToken)
    },

    listImages: (folder, accessToken, listing) => reads.listImages(asGuest(accessToken), folder, listing),
    download: (file, accessToken, signal) => reads.download(asGuest(accessToken), file, signal),
    downloadUrl: googleDownloadUrl,
  }
}
