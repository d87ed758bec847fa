import type { UploadResponse } from '../../../../shared/contract/drive.ts'
import type { Delay } from './upload-turns.ts'

/** A picture of the list. */
export interface HandOut {
  /** Ascending in the order in which pictures were added. */
  id: number
  name: string
  /** Until it is uploaded; not there after a reload where the browser had no room to keep it. */
  file?: File | undefined
  /** After a `Delay` it is tried again by itself. */
  state: 'waiting' | 'sending' | Delay | 'failed' | 'ready'
  /** Whole percents of the bytes that have been sent. */
  sent: number
  /** Undefined where the browser cannot show the file, or not yet. */
  thumbnail?: Blob | undefined
  upload?: UploadResponse | undefined
  /** Why it failed. */
  problem?: string | undefined
}

export type Ready = HandOut & { upload: UploadResponse }

export const isReady = (item: HandOut): item is Ready => item.upload !== undefined
