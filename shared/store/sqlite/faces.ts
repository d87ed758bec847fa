import type { DatabaseSync } from 'node:sqlite'
import { fromBytes, toBytes } from '../faces-bytes.ts'
import type { CachedFaces, FaceStore, LatestFaces } from '../faces-port.ts'
import { transaction, truncateLog } from './database.ts'

export function sqliteFaces(db: DatabaseSync, now: () => number): FaceStore {
  const sql = {
    put: db.prepare(
      `INSERT OR REPLACE INTO faces (file_id, md5, engine_id, folder_id, faces, thumbnail, expire_at)
       VALUES (:file, :md5, :engine, :folder, :faces, :thumbnail, :expire)`,
    ),
    get: db.prepare(
      `SELECT faces, expire_at FROM faces
       WHERE file_id = :file AND md5 = :md5 AND engine_id = :engine AND expire_at > :now`,
    ),
    latest: db.prepare(
      'SELECT md5, engine_id, faces, expire_at FROM faces WHERE file_id = :file AND expire_at > :now',
    ),
    thumbnail: db.prepare('SELECT thumbnail FROM faces WHERE file_id = :file AND expire_at > :now'),
    remove: db.prepare('DELETE FROM faces WHERE file_id = :file'),
    purge: db.prepare(
      `DELETE FROM faces WHERE folder_id = :folder OR (:folder IS NULL AND folder_id NOT LIKE 'album:%')`,
    ),
    sweep: db.prepare('DELETE FROM faces WHERE expire_at <= :now'),
  }

  return {
    async put(known) {
      sql.put.run({
        file: known.file_id,
        md5: known.md5,
        engine: known.engine_id,
        folder: known.folder_id,
        faces: toBytes(known),
        thumbnail: known.thumbnail ?? null,
        expire: known.expire_at,
      })
    },

    async get(keys) {
      const found = new Map<string, CachedFaces>()
      for (const { file_id: file, md5, engine_id: engine } of keys) {
        const row = sql.get.get({ file, md5, engine, now: now() })
        if (row) {
          found.set(file, { ...fromBytes(row.faces as Uint8Array), expire_at: Number(row.expire_at) })
        }
      }
      return found
    },

    async latest(fileIds) {
      const found = new Map<string, LatestFaces>()
      for (const file of fileIds) {
        const row = sql.latest.get({ file, now: now() })
        if (!row) continue
        const [md5, engine_id] = [String(row.md5), String(row.engine_id)]
        const expire_at = Number(row.expire_at)
        found.set(file, { md5, engine_id, expire_at, ...fromBytes(row.faces as Uint8Array) })
      }
      return found
    },

    async thumbnail(fileId) {
      const row = sql.thumbnail.get({ file: fileId, now: now() })
      return (row?.thumbnail as Uint8Array | null | undefined) ?? undefined
    },

    async remove(fileIds) {
      transaction(db, () => {
        for (const file of fileIds) sql.remove.run({ file })
      })
      truncateLog(db)
    },

    async purge(folderId) {
      const { changes } = sql.purge.run({ folder: folderId ?? null })
      truncateLog(db)
      return Number(changes)
    },

    async sweep() {
      const { changes } = sql.sweep.run({ now: now() })
      if (changes > 0) truncateLog(db)
      return Number(changes)
    },
  }
}
