import { createHash } from 'node:crypto'
import type { Firestore } from '@google-cloud/firestore'
import type { UploadedContent, UploadStore } from '../uploads-port.ts'
import { ALREADY_EXISTS, ignoreStatus, retryIdempotent } from './status.ts'

/** `uploads/{hash of the content and its destination}`: `destination`, `sha256`, `file_id`. */
export function firestoreUploads(db: Firestore): UploadStore {
  const documentOf = ({ destination, sha256 }: UploadedContent) =>
    db.collection('uploads').doc(createHash('sha256').update(`${destination}\n${sha256}`).digest('hex'))
  const get = async (content: UploadedContent): Promise<string | undefined> =>
    (await documentOf(content).get()).get('file_id')

  return {
    get,
    async reserve(content, fileId) {
      const entry = { ...content, file_id: fileId }
      const create = () => ignoreStatus(ALREADY_EXISTS, () => documentOf(content).create(entry))
      if (await retryIdempotent(create)) return fileId
      return (await get(content)) ?? fileId
    },
    async replace(content, fileId) {
      await retryIdempotent(() => documentOf(content).set({ ...content, file_id: fileId }))
    },
  }
}
