import { basename } from 'node:path/posix'
import { Storage } from '@google-cloud/storage'
import { SIGNATURE_BYTES } from '../contract/image-types.ts'
import type { UploadSource } from '../drive/port.ts'
import { checkedType, notFound, type OpenImage } from './named-image.ts'

/** Opens `gs://bucket/object`; see OpenImage. An upload that goes on after a fault reads the same generation. */
export function openCloudObject(apiEndpoint: string | undefined): OpenImage {
  const storage = new Storage(apiEndpoint === undefined ? {} : { apiEndpoint })

  return async (path): Promise<UploadSource> => {
    const [, bucket, object] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(path) ?? []
    if (bucket === undefined || object === undefined) throw notFound('is not at gs://bucket/object')
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
      if (code === 403 || code === 404) throw notFound(`cannot be read (${code})`, error)
      throw error
    }
  }
}
