import {
  type DocumentReference,
  type DocumentSnapshot,
  type Firestore,
  type Query,
  Timestamp,
} from '@google-cloud/firestore'
import { fromBytes, toBytes } from '../faces-bytes.ts'
import type { CachedFaces, FaceStore, LatestFaces } from '../faces-port.ts'
import { bulkDelete } from './bulk-delete.ts'
import { isDocumentId } from './documents.ts'
import { retryIdempotent } from './status.ts'

/** Documents read or deleted per request. */
const PAGE = 300

/** `faces/{fileId}`: the faces as one bytes field, since Firestore has no nested arrays, and the thumbnail. */
export function firestoreFaces(db: Firestore, now: () => number): FaceStore {
  const all = db.collection('faces')
  const isVisible = (entry: DocumentSnapshot) => entry.exists && entry.get('expire_at').toMillis() > now()

  const deleteEach = (entries: DocumentReference[]) =>
    bulkDelete(db, async (writer) => {
      // Sent when the writer is closed, which also waits for them; what fails is known there.
      for (const entry of entries) writer.delete(entry).catch(() => {})
    })

  async function deleteAll(query: Query): Promise<number> {
    let deleted = 0
    for (;;) {
      const { docs } = await query.select().limit(PAGE).get()
      await deleteEach(docs.map(({ ref }) => ref))
      deleted += docs.length
      if (docs.length < PAGE) return deleted
    }
  }

  async function latest(fileIds: string[]): Promise<Map<string, LatestFaces>> {
    const found = new Map<string, LatestFaces>()
    const possible = fileIds.filter(isDocumentId)
    for (let first = 0; first < possible.length; first += PAGE) {
      const page = possible.slice(first, first + PAGE)
      const entries = await db.getAll(...page.map((fileId) => all.doc(fileId)), {
        fieldMask: ['md5', 'engine_id', 'faces', 'expire_at'],
      })
      for (const entry of entries.filter(isVisible)) {
        found.set(entry.id, {
          md5: entry.get('md5'),
          engine_id: entry.get('engine_id'),
          expire_at: entry.get('expire_at').toMillis(),
          ...fromBytes(entry.get('faces')),
        })
      }
    }
    return found
  }

  return {
    async put({ file_id, md5, engine_id, folder_id, thumbnail, expire_at, ...known }) {
      if (!isDocumentId(file_id)) return
      await retryIdempotent(() =>
        all.doc(file_id).set({
          md5,
          engine_id,
          folder_id,
          faces: toBytes(known),
          thumbnail: thumbnail ?? null,
          expire_at: Timestamp.fromMillis(expire_at),
        }),
      )
    },

    async get(keys) {
      const found = new Map<string, CachedFaces>()
      const entries = await latest(keys.map(({ file_id }) => file_id))
      for (const key of keys) {
        const { md5, engine_id, ...cached } = entries.get(key.file_id) ?? {}
        if (md5 === key.md5 && engine_id === key.engine_id) found.set(key.file_id, cached as CachedFaces)
      }
      return found
    },

    latest,

    async thumbnail(fileId) {
      if (!isDocumentId(fileId)) return undefined
      const [entry] = await db.getAll(all.doc(fileId), { fieldMask: ['thumbnail', 'expire_at'] })
      const bytes = entry && isVisible(entry) ? entry.get('thumbnail') : null
      return bytes ? new Uint8Array(bytes) : undefined
    },

    async remove(fileIds) {
      await deleteEach(fileIds.filter(isDocumentId).map((fileId) => all.doc(fileId)))
    },

    async purge(folderId) {
      if (folderId !== undefined) return deleteAll(all.where('folder_id', '==', folderId))
      // All but those that begin with `album:`: a semicolon follows a colon.
      const before = await deleteAll(all.where('folder_id', '<', 'album:'))
      return before + (await deleteAll(all.where('folder_id', '>=', 'album;')))
    },

    // Left to Firestore's TTL: a sweep would also pay a read for each.
    sweep: async () => 0,
  }
}
