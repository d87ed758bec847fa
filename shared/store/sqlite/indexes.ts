import type { DatabaseSync } from 'node:sqlite'
import type { IndexStore, Shard } from '../faces-port.ts'
import { openPhotos, packPhotos } from '../shard.ts'
import { transaction, truncateLog } from './database.ts'

export function sqliteIndexes(db: DatabaseSync, now: () => number): IndexStore {
  const sql = {
    add: db.prepare(
      `INSERT INTO shards (folder_id, engine_id, photos, expire_at)
       VALUES (:folder, :engine, :photos, :expire)`,
    ),
    shards: db.prepare(
      `SELECT shard_id, photos, expire_at FROM shards
       WHERE folder_id = :folder AND engine_id = :engine AND expire_at > :now ORDER BY shard_id`,
    ),
    remove: db.prepare('DELETE FROM shards WHERE folder_id = :folder AND shard_id = :shard'),
    purge: db.prepare('DELETE FROM shards WHERE :folder IS NULL OR folder_id = :folder'),
    sweep: db.prepare('DELETE FROM shards WHERE expire_at <= :now'),
  }

  return {
    async add({ folder_id, engine_id, photos, expire_at }) {
      sql.add.run({
        folder: folder_id,
        engine: engine_id,
        photos: packPhotos(photos),
        expire: expire_at,
      })
    },

    async shards(folderId, engineId) {
      const rows = sql.shards.all({ folder: folderId, engine: engineId, now: now() })
      return rows.flatMap((row): Shard[] => {
        const photos = openPhotos(row.photos as Uint8Array)
        return photos ? [{ shard_id: String(row.shard_id), expire_at: Number(row.expire_at), photos }] : []
      })
    },

    async remove(folderId, shardIds) {
      transaction(db, () => {
        for (const shard of shardIds) sql.remove.run({ folder: folderId, shard: Number(shard) })
      })
    },

    async purge(folderId) {
      sql.purge.run({ folder: folderId ?? null })
      truncateLog(db)
    },

    async sweep() {
      const { changes } = sql.sweep.run({ now: now() })
      if (changes > 0) truncateLog(db)
      return Number(changes)
    },
  }
}
