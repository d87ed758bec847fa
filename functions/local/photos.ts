import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { googleClient } from '../../shared/google-auth/client-config.ts'
import { type Config, ConfigError } from '../../shared/platform/config.ts'
import { sampleAlbum } from './sample/album.ts'

export interface Photos {
  dir: string
  /** An image to try the album with. */
  selfie?: string
}

/**
 * Which directory stands for the Drive: PHOTOS_DIR, else the sample album where no Google client is configured;
 * undefined for Google Drive itself. Throws ConfigError when PHOTOS_DIR is not a directory.
 */
export async function choosePhotos(config: Config): Promise<Photos | undefined> {
  if (config.PHOTOS_DIR !== undefined) {
    const dir = resolve(config.PHOTOS_DIR)
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
      throw new ConfigError(`PHOTOS_DIR: there is no directory ${dir}`)
    }
    return { dir }
  }
  return googleClient(config) ? undefined : sampleAlbum(config.DATA_DIR)
}
