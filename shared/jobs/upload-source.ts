import { AppError, hasCode } from '../contract/app-error.ts'
import type { UploadSource } from '../drive/port.ts'
import type { Job } from '../store/port.ts'
import type { OpenImage } from './named-image.ts'

/** DRIVE_UPLOAD_SOURCE. */
export type UploadFrom = 'compressed' | 'results'

/**
 * The file of a job that goes to Drive: the compressed image, else (when there is none, or it is gone) the result;
 * with `results` always the result. Rejects with `job_has_no_file`, or as OpenImage does.
 */
export async function jobImage(job: Job, from: UploadFrom, open: OpenImage): Promise<UploadSource> {
  const { compressed_image_path: compressed, result_image_path: result } = job
  if (from === 'compressed' && compressed !== null) {
    try {
      return await open(compressed)
    } catch (error) {
      if (result === null || !hasCode(error, 'job_file_not_found')) throw error
    }
  }
  if (result !== null) return open(result)
  throw new AppError('job_has_no_file', 'The job has no image to upload.')
}
