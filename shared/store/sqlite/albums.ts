import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { type Album, type AlbumStore, ENDED_ALBUM_LIFETIME } from '../album-port.ts'
import { openAlbumShard, packAlbumShard } from '../album-shard.ts'
import { transaction, truncateLog } from './database.ts'

export function sqliteAlbums(db: DatabaseSync, now: () => number): AlbumStore {
  const sql = {
    create: db.prepare(
      'INSERT INTO albums (album_id, about, until, version) VALUES (:album, :about, :until, 0)',
    ),
    get: db.prepare('SELECT about, version FROM albums WHERE album_id = :album AND until > :now - :kept'),
    list: db.prepare(
      `SELECT about, version FROM albums WHERE until > :now ORDER BY about ->> 'created_at' DESC, album_id`,
    ),
    update: db.prepare(
      'UPDATE albums SET about = :about, until = :until, version = :version WHERE album_id = :album',
    ),
    shards: db.prepare(
      `SELECT shard, files, faces FROM album_shards WHERE album_id = :album AND version > :after ORDER BY shard`,
    ),
    putShard: db.prepare(
      `INSERT OR REPLACE INTO album_shards (album_id, shard, version, files, faces)
       VALUES (:album, :shard, :version, :files, :faces)`,
    ),
    addConsent: db.prepare(
      `INSERT INTO album_consents (album_id, wording, at) SELECT album_id, :wording, :at FROM albums
       WHERE album_id = :album AND until > :now`,
    ),
    countConsents: db.prepare('SELECT count(*) AS n FROM album_consents WHERE album_id = :album'),
    erase: db.prepare('DELETE FROM albums WHERE album_id = :album'),
    over: db.prepare('SELECT album_id FROM albums WHERE until <= :now AND NOT swept'),
    any: db.prepare('SELECT about, version FROM albums WHERE album_id = :album'),
    empty: db.prepare('UPDATE albums SET swept = 1, about = :about WHERE album_id = :album'),
    eraseShards: db.prepare('DELETE FROM album_shards WHERE album_id = :album'),
    eraseConsents: db.prepare('DELETE FROM album_consents WHERE album_id = :album'),
    eraseOver: db.prepare('DELETE FROM albums WHERE until <= :before AND swept'),
  }
  const listeners = new Map<string, Set<(album: Album | undefined) => void>>()

  const read = (albumId: string): Album | undefined => {
    const row = sql.get.get({ album: albumId, now: now(), kept: ENDED_ALBUM_LIFETIME })
    return row && toAlbum(row)
  }

  function write({ version, ...about }: Album): void {
    sql.update.run({ album: about.album_id, about: JSON.stringify(about), until: about.until, version })
  }

  function changed(albumId: string): void {
    for (const listener of listeners.get(albumId) ?? []) listener(read(albumId))
  }

  return {
    async create({ ...album }) {
      const about = { ...album, closed: false, photos: 0, faces: 0, failed: 0 }
      sql.create.run({ album: album.album_id, about: JSON.stringify(about), until: album.until })
    },

    async get(albumId) {
      return read(albumId)
    },

    async list() {
      return sql.list.all({ now: now() }).map(toAlbum)
    },

    async patch(albumId, patch) {
      const patched = transaction(db, () => {
        const album = read(albumId)
        if (album) write({ ...album, ...patch })
        return album !== undefined
      })
      if (patched) changed(albumId)
      return read(albumId)
    },

    async index(albumId, after) {
      return transaction(db, () => ({
        version: read(albumId)?.version ?? 0,
        shards: sql.shards
          .all({ album: albumId, after })
          .map(({ shard, files, faces }) =>
            openAlbumShard(Number(shard), { files: String(files), faces: faces as Uint8Array }),
          ),
      }))
    },

    async publish(albumId, from, shards, counts) {
      const published = transaction(db, () => {
        const album = read(albumId)
        if (album?.version !== from || album.until <= now()) return false
        const version = from + 1
        write({ ...album, ...counts, version })
        for (const { shard, photos } of shards) {
          const { files, faces } = packAlbumShard(photos)
          sql.putShard.run({ album: albumId, shard, version, files, faces })
        }
        return true
      })
      if (!published) return false
      changed(albumId)
      // Photos may have been removed.
      truncateLog(db)
      return true
    },

    async addConsent(albumId, { wording, at }) {
      return sql.addConsent.run({ album: albumId, wording, at, now: now() }).changes > 0
    },

    async countConsents(albumId) {
      return Number(sql.countConsents.get({ album: albumId })?.n)
    },

    watch(albumId, listener) {
      const watching = listeners.get(albumId) ?? new Set()
      listeners.set(albumId, watching.add(listener))
      setImmediate(() => watching.has(listener) && listener(read(albumId)))
      return {
        stop() {
          watching.delete(listener)
          if (watching.size === 0) listeners.delete(albumId)
        },
      }
    },

    async erase(albumId) {
      sql.erase.run({ album: albumId })
      changed(albumId)
      truncateLog(db)
    },

    async over() {
      return sql.over.all({ now: now() }).map(({ album_id }) => String(album_id))
    },

    async sweep(albumIds) {
      const { changes } = transaction(db, () => {
        for (const album of albumIds) {
          sql.eraseShards.run({ album })
          sql.eraseConsents.run({ album })
          const row = sql.any.get({ album })
          if (!row) continue
          const { version: _version, ...about } = toAlbum(row)
          sql.empty.run({ album, about: JSON.stringify({ ...about, photos: 0, faces: 0, failed: 0 }) })
        }
        return sql.eraseOver.run({ before: now() - ENDED_ALBUM_LIFETIME })
      })
      for (const albumId of albumIds) changed(albumId)
      if (albumIds.length > 0 || changes > 0) truncateLog(db)
    },
  }
}

function toAlbum({ about, version }: Record<string, SQLOutputValue>): Album {
  return { ...JSON.parse(String(about)), version: Number(version) }
}
