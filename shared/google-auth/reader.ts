import { existsSync } from 'node:fs'
import type { Authorisation } from '../contract/album.ts'
import type { Config } from '../platform/config.ts'
import { uploaderError } from './failures.ts'
import { tokenFile } from './token-file.ts'
import {
  checkReadingScopes,
  driveUploader,
  type UploaderCredentials,
  type UploaderOptions,
} from './uploader.ts'

/** With what right the server itself reads Google Drive. */
export type DriveReader =
  | { authorisation: 'uploader' | 'service_account'; credentials: UploaderCredentials }
  | { authorisation: 'api_key'; apiKey: string }

/** The rights that are configured, the one that is used first. A key sees only folders that anybody may see. */
export function readingAuthorisations(config: Config): Exclude<Authorisation, 'directory'>[] {
  const { GOOGLE_REFRESH_TOKEN, TOKEN_FILE, GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_API_KEY, PLATFORM } =
    config
  const uploader = GOOGLE_REFRESH_TOKEN ?? TOKEN_FILE ?? (existsSync(tokenFile(config)) ? '' : undefined)
  return [
    ...(uploader !== undefined ? (['uploader'] as const) : []),
    ...(GOOGLE_APPLICATION_CREDENTIALS !== undefined ? (['service_account'] as const) : []),
    ...(GOOGLE_API_KEY !== undefined ? (['api_key'] as const) : []),
    // The platform's, which is always there and so comes after what somebody has chosen.
    ...(PLATFORM === 'cloud' && GOOGLE_APPLICATION_CREDENTIALS === undefined
      ? (['service_account'] as const)
      : []),
  ]
}

/**
 * Whoever reads the folders of albums: the account that uploads, else the service account, else anybody with the key. Looks
 * again at each call, so a server need not be restarted after it has been authorised.
 */
export function driveReader(config: Config, options: UploaderOptions): () => DriveReader {
  const checked = { ...options, checkScopes: checkReadingScopes }
  // Apart, so that a token of one is not taken for the other's.
  const credentials = {
    uploader: driveUploader(config, checked),
    service_account: driveUploader(config, checked),
  }
  const nobody: UploaderCredentials = {
    accessToken: async () => {
      throw uploaderError('no_reader')
    },
  }
  return () => {
    const [authorisation] = readingAuthorisations(config)
    if (authorisation === undefined) return { authorisation: 'uploader', credentials: nobody }
    return authorisation === 'api_key'
      ? { authorisation, apiKey: config.GOOGLE_API_KEY ?? '' }
      : { authorisation, credentials: credentials[authorisation] }
  }
}
