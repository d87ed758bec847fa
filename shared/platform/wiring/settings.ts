import { uploadSlots } from '../../jobs/upload-slots.ts'
import type { Config } from '../config.ts'
import { openCipher } from '../token-key.ts'
import { openImages } from './adapters.ts'

/** What the domain takes from the configuration, the same on one machine and in the cloud. */

export const scanSettings = (config: Config) => ({
  cipher: openCipher(config),
  now: Date.now,
  matchDistance: config.MATCH_DISTANCE,
  keepFacesFor: config.FACE_CACHE_HOURS * 3_600_000,
})

export const uploadSettings = (config: Config, apiBaseUrl: string) => ({
  folderId: config.TARGET_FOLDER_ID,
  apiBaseUrl,
  from: config.DRIVE_UPLOAD_SOURCE,
  images: openImages(config),
  slots: uploadSlots(),
  now: Date.now,
})
