import type { DatabaseSync } from 'node:sqlite'
import { nextTurn } from '../../platform/turns.ts'
import type { IndexStore, Shard } from '../faces-port.ts'
import { openPhotos, packPhotos } from '../shard.ts'
import { transaction, truncateLog } from './database.ts'

export function sqliteIndexes(db: DatabaseSync, now: () => number): IndexStore {
  const sql = {
    add: db.prepare(
      `INSERT INTO shards (folder_id, engine_id, photos, expire_at)
       VALUES (:folder, :engine, :photos, :expire)`,
    ),
    shardIds: db.prepare(
      `SELECT shard_id FROM shards
       WHERE folder_id = :folder AND engine_id = :engine AND expire_at > :now ORDER BY shard_id`,
    ),
    shard: db.prepare('SELECT photos, expire_at FROM shards WHERE shard_id = :shard'),
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
      const shards: Shard[] = []
      // A shard of a megabyte takes milliseconds to open, and a large folder has forty.
      for (const { shard_id } of sql.shardIds.all({ folder: folderId, engine: engineId, now: now() })) {
        await nextTurn()
        const row = sql.shard.get({ shard: shard_id ?? null })
        const photos = row && openPhotos(row.photos as Uint8Array)
        if (photos) shards.push({ shard_id: String(shard_id), expire_at: Number(row.expire_at), photos })
      }
      return shards
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
