import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { googleClient } from '../../shared/google-auth/client-config.ts'
import { type Config, ConfigError } from '../../shared/platform/config.ts'
import { sampleAlbum } from './sample/album.ts'

export interface Photos {
  dir: string
  /** A selfie to try the sample album with. */
  selfie?: string
}

/**
 * Chooses the directory to serve as the Drive: PHOTOS_DIR, or the sample album if neither a Google client nor a key is
 * configured.
 * Returns undefined for Google Drive. Throws ConfigError if PHOTOS_DIR is not a directory.
 */
export async function choosePhotos(config: Config): Promise<Photos | undefined> {
  if (config.PHOTOS_DIR !== undefined) {
    const dir = resolve(config.PHOTOS_DIR)
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
      throw new ConfigError(`PHOTOS_DIR: ${dir} is not a directory`)
    }
    return { dir }
  }
  const isGoogle = googleClient(config) !== undefined || config.GOOGLE_API_KEY !== undefined
  return isGoogle ? undefined : sampleAlbum(config.DATA_DIR)
}
