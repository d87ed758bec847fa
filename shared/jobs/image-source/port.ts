import { AppError } from '../../contract/app-error.ts'
import { imageFormat } from '../../contract/image-formats.ts'
import { imageTypeOfBytes } from '../../contract/image-types.ts'
import type { UploadSource } from '../../drive/port.ts'

/** Where the images are that jobs name. */
export interface ImageSource {
  /**
   * Checks that there is an image and returns its bytes' source, named after the last part of the path. Rejects with
   * `job_file_not_found` when nothing can be read there, `unsupported_file_type` when it is not an image,
   * `file_empty`. Faults of the source itself reject with its own errors.
   */
  open(path: string): Promise<UploadSource>
}

/** Opens `gs://bucket/object` in Cloud Storage and everything else on disk, where paths on disk are allowed. */
export function imagesByPath(sources: {
  disk: ImageSource | undefined
  cloudStorage: ImageSource
}): ImageSource {
  return {
    open(path) {
      if (path.startsWith('gs://')) return sources.cloudStorage.open(path)
      if (sources.disk) return sources.disk.open(path)
      return Promise.reject(
        new AppError('job_file_not_found', 'In the cloud the path of an image must begin with gs://.'),
      )
    },
  }
}

/**
 * The MIME type, by the first bytes of a file and whatever its name says. Throws `file_empty`,
 * `unsupported_file_type`.
 *
 * @param size bytes of the whole file
 * @param head its first SIGNATURE_BYTES, or fewer if it is shorter
 */
export function checkedType(size: number, head: Uint8Array): string {
  if (size === 0) throw new AppError('file_empty', 'The file is empty.')
  const type = imageTypeOfBytes(head)
  const format = type === undefined ? undefined : imageFormat(type)
  if (type !== undefined && format?.uploaded) return type
  const problem = format ? `${format.name} files cannot be uploaded` : 'The file is not an image'
  throw new AppError(
    'unsupported_file_type',
    `${problem}: send JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP.`,
  )
}

/** Leaves out the path, which must not leave the server. */
export function imageNotFound(problem: string, cause?: unknown): AppError {
  return new AppError('job_file_not_found', `The image ${problem}.`, { cause })
}
