import { AppError, hasCode } from '../contract/app-error.ts'
import type { UploadSource } from '../drive/port.ts'
import type { Job } from '../store/jobs-port.ts'
import type { ImageSource } from './image-source/port.ts'

/** DRIVE_UPLOAD_SOURCE. */
export type UploadFrom = 'compressed' | 'results'

/**
 * The image of a job that goes to Drive: with `compressed` the compressed one if it exists, otherwise the result; with
 * `results` always the result. Rejects with `job_has_no_file`, or as ImageSource does.
 */
export async function jobImage(job: Job, from: UploadFrom, images: ImageSource): Promise<UploadSource> {
  const { compressed_image_path: compressed, result_image_path: result } = job
  if (from === 'compressed' && compressed !== null) {
    try {
      return await images.open(compressed)
    } catch (error) {
      if (result === null || !hasCode(error, 'job_file_not_found')) throw error
    }
  }
  if (result !== null) return images.open(result)
  throw new AppError('job_has_no_file', 'The job has no image to upload.')
}
