import { basename } from 'node:path/posix'
import { Storage } from '@google-cloud/storage'
import { SIGNATURE_BYTES } from '../../contract/image-types.ts'
import { checkedType, type ImageSource, imageNotFound } from './port.ts'

/**
 * Objects at `gs://bucket/object`. Every read of one source is of the same generation, so that an upload that resumes
 * after a fault does not mix two versions.
 *
 * @param apiEndpoint replaces Google's address of Cloud Storage
 */
export function cloudStorageImages({ apiEndpoint }: { apiEndpoint?: string } = {}): ImageSource {
  const storage = new Storage(apiEndpoint === undefined ? {} : { apiEndpoint })

  return {
    async open(path) {
      const [, bucket, object] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(path) ?? []
      if (bucket === undefined || object === undefined) throw imageNotFound('is not at gs://bucket/object')
      try {
        const latest = storage.bucket(bucket).file(object)
        const [{ size: length, generation }] = await latest.getMetadata()
        const size = Number(length)
        const file = storage.bucket(bucket).file(object, { generation: Number(generation) })
        const [head] =
          size === 0 ? [new Uint8Array()] : await file.download({ start: 0, end: SIGNATURE_BYTES - 1 })
        return {
          name: basename(object),
          mime_type: checkedType(size, head),
          size,
          open: (start) => file.createReadStream({ start, decompress: false, validation: false }),
        }
      } catch (error) {
        const code = Number((error as { code?: unknown }).code)
        if (code === 403 || code === 404) throw imageNotFound(`cannot be read (${code})`, error)
        throw error
      }
    },
  }
}
