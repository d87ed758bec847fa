import {
  type DocumentData,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  Timestamp,
} from '@google-cloud/firestore'
import type { Log } from '../../platform/log.ts'
import { type Album, type AlbumStore, ENDED_ALBUM_LIFETIME, latestEnd, type NewAlbum } from '../album-port.ts'
import { openAlbumShard, packAlbumShard } from '../album-shard.ts'
import { albumWatches } from './album-watches.ts'
import { bulkDelete } from './bulk-delete.ts'
import { isDocumentId } from './documents.ts'
import { ignoreStatus, NOT_FOUND, retryIdempotent } from './status.ts'

export interface FirestoreAlbumsOptions {
  now: () => number
  log?: Log | undefined
}

/**
 * `albums/{albumId}`, with its photos in `shards/{k}` and what guests agreed to in `consents/{id}`. The album's document
 * has the version of the index, on which every change of a shard depends. Firestore's TTL only deletes what a sweep has left.
 */
export function firestoreAlbums(
  db: Firestore,
  { now, log }: FirestoreAlbumsOptions,
): { albums: AlbumStore; stopWatches(): void } {
  const all = db.collection('albums')
  const shardsOf = (albumId: string) => all.doc(albumId).collection('shards')
  const consentsOf = (albumId: string) => all.doc(albumId).collection('consents')
  const isVisible = (album: DocumentSnapshot | undefined): album is DocumentSnapshot =>
    album?.exists === true && album.get('expire_at').toMillis() > now()
  const isOver = (album: DocumentSnapshot) => album.get('until').toMillis() <= now()
  const { watch, stopWatches } = albumWatches(
    all,
    (album) => (isVisible(album) ? toAlbum(album) : undefined),
    log,
  )

  async function get(albumId: string): Promise<Album | undefined> {
    if (!isDocumentId(albumId)) return undefined
    const album = await all.doc(albumId).get()
    return isVisible(album) ? toAlbum(album) : undefined
  }

  async function erasePhotos(albumId: string): Promise<void> {
    await bulkDelete(db, async (writer) => {
      await db.recursiveDelete(shardsOf(albumId), writer)
      await db.recursiveDelete(consentsOf(albumId), writer)
    })
  }

  const albums: AlbumStore = {
    async create(album) {
      await retryIdempotent(() => all.doc(album.album_id).set(albumDocument(album)))
    },

    get,

    async list() {
      const { docs } = await all.where('until', '>', Timestamp.fromMillis(now())).get()
      return docs.map(toAlbum).sort((a, b) => b.created_at - a.created_at)
    },

    async patch(albumId, { until, ...patch }) {
      if (!isDocumentId(albumId)) return undefined
      const fields = Object.entries(patch).map(([name, value]) => [name, value ?? FieldValue.delete()])
      const update = { ...Object.fromEntries(fields), ...(until !== undefined && times(until)) }
      if (Object.keys(update).length > 0) {
        await retryIdempotent(() => ignoreStatus(NOT_FOUND, () => all.doc(albumId).update(update)))
      }
      return get(albumId)
    },

    index(albumId, after) {
      if (!isDocumentId(albumId)) return Promise.resolve({ version: 0, shards: [] })
      // Both from the same moment.
      return db.runTransaction(
        async (transaction) => {
          const album = await transaction.get(all.doc(albumId))
          const { docs } = await transaction.get(shardsOf(albumId).where('version', '>', after))
          return {
            version: album.get('version') ?? 0,
            shards: docs
              .map((shard) =>
                openAlbumShard(Number(shard.id), { files: shard.get('files'), faces: shard.get('faces') }),
              )
              .sort((a, b) => a.shard - b.shard),
          }
        },
        { readOnly: true },
      )
    },

    async publish(albumId, from, shards, counts) {
      if (!isDocumentId(albumId)) return false
      const version = from + 1
      const packed = shards.map(({ shard, photos }) => ({ shard, ...packAlbumShard(photos) }))
      return db.runTransaction(async (transaction) => {
        const album = await transaction.get(all.doc(albumId))
        if (!isVisible(album) || album.get('version') !== from || isOver(album)) return false
        transaction.update(album.ref, { ...counts, version })
        const expire_at = Timestamp.fromMillis(latestEnd(toAlbum(album)))
        for (const { shard, files, faces } of packed) {
          transaction.set(shardsOf(albumId).doc(String(shard)), { version, files, faces, expire_at })
        }
        return true
      })
    },

    async addConsent(albumId, { wording, at }) {
      const album = await get(albumId)
      if (!album || album.until <= now()) return false
      const consent = consentsOf(albumId).doc()
      const expire_at = Timestamp.fromMillis(latestEnd(album))
      await retryIdempotent(() => consent.set({ wording, at: Timestamp.fromMillis(at), expire_at }))
      return true
    },

    async countConsents(albumId) {
      if (!isDocumentId(albumId)) return 0
      return (await consentsOf(albumId).count().get()).data().count
    },

    watch,

    async erase(albumId) {
      if (!isDocumentId(albumId)) return
      // First the album itself, without which nobody can publish.
      await retryIdempotent(() => all.doc(albumId).delete())
      await erasePhotos(albumId)
    },

    async over() {
      const { docs } = await all.where('until', '<=', Timestamp.fromMillis(now())).get()
      return docs.filter((album) => album.get('swept') !== true).map(({ id }) => id)
    },

    async sweep(albumIds) {
      for (const albumId of albumIds) {
        await erasePhotos(albumId)
        const swept = { swept: true, photos: 0, faces: 0, failed: 0 }
        await retryIdempotent(() => ignoreStatus(NOT_FOUND, () => all.doc(albumId).update(swept)))
      }
      const { docs } = await all
        .where('until', '<=', Timestamp.fromMillis(now() - ENDED_ALBUM_LIFETIME))
        .get()
      for (const album of docs.filter((album) => album.get('swept') === true)) {
        // Once more, for what an instance with another time has added after the album's end.
        await erasePhotos(album.id)
        await retryIdempotent(() => album.ref.delete())
      }
    },
  }

  return { albums, stopWatches }
}

const times = (until: number) => ({
  until: Timestamp.fromMillis(until),
  expire_at: Timestamp.fromMillis(until + ENDED_ALBUM_LIFETIME),
})

function albumDocument({ album_id: _id, until, created_at, ...about }: NewAlbum): DocumentData {
  return {
    ...about,
    ...times(until),
    created_at: Timestamp.fromMillis(created_at),
    closed: false,
    version: 0,
    photos: 0,
    faces: 0,
    failed: 0,
  }
}

function toAlbum(document: DocumentSnapshot): Album {
  const { expire_at: _expiry, swept: _swept, until, created_at, ...about } = document.data() ?? {}
  return {
    ...(about as Omit<Album, 'album_id' | 'until' | 'created_at'>),
    album_id: document.id,
    until: until.toMillis(),
    created_at: created_at.toMillis(),
  }
}
