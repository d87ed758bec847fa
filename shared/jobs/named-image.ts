import { AppError } from '../contract/app-error.ts'
import { imageTypeOfBytes } from '../contract/image-types.ts'
import type { UploadSource } from '../drive/port.ts'

/**
 * An image that a job names. Rejects with `job_file_not_found` when nothing can be read there,
 * `unsupported_file_type` when it is not an image, `file_empty`.
 */
export type OpenImage = (path: string) => Promise<UploadSource>

/** Mime type by what the file begins with, whatever its name says. Throws `file_empty`, `unsupported_file_type`. */
export function checkedType(size: number, head: Uint8Array): string {
  if (size === 0) throw new AppError('file_empty', 'The file is empty.')
  const type = imageTypeOfBytes(head)
  if (type) return type
  throw new AppError(
    'unsupported_file_type',
    'The file is not an image: JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP.',
  )
}

/** Says what is wrong without the path, which is nobody's business outside of the server. */
export function notFound(what: string, cause?: unknown): AppError {
  return new AppError('job_file_not_found', `The image ${what}.`, { cause })
}
