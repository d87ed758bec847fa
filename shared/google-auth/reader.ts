import { existsSync } from 'node:fs'
import type { Config } from '../platform/config.ts'
import { uploaderError } from './failures.ts'
import { tokenFile } from './token-file.ts'
import {
  checkReadingScopes,
  driveUploader,
  serviceAccount,
  type UploaderCredentials,
  type UploaderOptions,
} from './uploader.ts'

/** With what right the server itself reads Google Drive. */
export type DriveReader =
  | { authorisation: 'uploader' | 'service_account'; credentials: UploaderCredentials }
  | { authorisation: 'api_key'; apiKey: string }

/**
 * The rights that are configured, the one that albums use first: the account that uploads, a service account, a key, which sees
 * only what anybody may see, and in the cloud the platform's service account, which is always there and so comes after what
 * somebody has chosen. Looks again at each call, so a server need not be restarted after it has been authorised.
 */
export function driveReaders(config: Config, options: UploaderOptions): () => DriveReader[] {
  const { GOOGLE_REFRESH_TOKEN, GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_API_KEY, PLATFORM } = config
  const uploader: DriveReader = {
    authorisation: 'uploader',
    credentials: driveUploader(config, { ...options, checkScopes: checkReadingScopes }),
  }
  const account: DriveReader = {
    authorisation: 'service_account',
    credentials: serviceAccount(config, options),
  }
  const key: DriveReader[] =
    GOOGLE_API_KEY === undefined ? [] : [{ authorisation: 'api_key', apiKey: GOOGLE_API_KEY }]
  const named = GOOGLE_APPLICATION_CREDENTIALS !== undefined
  const others = [...(named ? [account] : []), ...key, ...(PLATFORM === 'cloud' && !named ? [account] : [])]
  return () => {
    const isAuthorized = GOOGLE_REFRESH_TOKEN !== undefined || existsSync(tokenFile(config))
    return isAuthorized ? [uploader, ...others] : others
  }
}

/** Stands where no right is configured. Its calls reject with `uploader_not_authorized`, whose message says what to configure. */
export const NO_READER: DriveReader = {
  authorisation: 'uploader',
  credentials: {
    accessToken: async () => {
      throw uploaderError('no_reader')
    },
  },
}
