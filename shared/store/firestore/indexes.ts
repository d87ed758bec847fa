import { randomUUID } from 'node:crypto'
import { type Firestore, Timestamp } from '@google-cloud/firestore'
import type { IndexStore, Shard } from '../faces-port.ts'
import { openPhotos, packPhotos } from '../shard.ts'
import { bulkDelete } from './bulk-delete.ts'
import { isDocumentId } from './documents.ts'
import { retryIdempotent } from './status.ts'

/** `indexes/{folderId}/shards/{shardId}`: some hundred photos as one bytes field. */
export function firestoreIndexes(db: Firestore, now: () => number): IndexStore {
  const all = db.collection('indexes')
  const shardsOf = (folderId: string) => all.doc(folderId).collection('shards')

  return {
    async add({ folder_id, engine_id, photos, expire_at }) {
      if (!isDocumentId(folder_id)) return
      // In the order of time.
      const shard = shardsOf(folder_id).doc(`${String(now()).padStart(15, '0')}-${randomUUID()}`)
      const expiry = Timestamp.fromMillis(expire_at)
      await retryIdempotent(() => shard.set({ engine_id, photos: packPhotos(photos), expire_at: expiry }))
    },

    async shards(folderId, engineId) {
      if (!isDocumentId(folderId)) return []
      const { docs } = await shardsOf(folderId).where('engine_id', '==', engineId).get()
      const shards = docs.flatMap((shard): Shard[] => {
        const expire_at = shard.get('expire_at').toMillis()
        const photos = expire_at > now() ? openPhotos(shard.get('photos')) : undefined
        return photos ? [{ shard_id: shard.id, expire_at, photos }] : []
      })
      return shards.sort((a, b) => (a.shard_id < b.shard_id ? -1 : 1))
    },

    async remove(folderId, shardIds) {
      if (!isDocumentId(folderId)) return
      const batch = db.batch()
      for (const shardId of shardIds) batch.delete(shardsOf(folderId).doc(shardId))
      await retryIdempotent(() => batch.commit())
    },

    async purge(folderId) {
      if (folderId !== undefined && !isDocumentId(folderId)) return
      // A folder's document does not exist itself; such are listed as well.
      const folders = folderId === undefined ? await all.listDocuments() : [all.doc(folderId)]
      await bulkDelete(db, async (writer) => {
        for (const folder of folders) await db.recursiveDelete(folder, writer)
      })
    },

    // Left to Firestore's TTL, as the cached faces are.
    sweep: async () => 0,
  }
}
