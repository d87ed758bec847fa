import type { DatabaseSync } from 'node:sqlite'
import type { UploadedContent, UploadStore } from '../uploads-port.ts'

export function sqliteUploads(db: DatabaseSync): UploadStore {
  const into = 'INSERT INTO uploads (destination, sha256, file_id) VALUES (:destination, :sha256, :file)'
  const sql = {
    reserve: db.prepare(`${into} ON CONFLICT DO NOTHING`),
    replace: db.prepare(`${into} ON CONFLICT DO UPDATE SET file_id = excluded.file_id`),
    get: db.prepare('SELECT file_id FROM uploads WHERE destination = :destination AND sha256 = :sha256'),
  }
  const get = ({ destination, sha256 }: UploadedContent) => {
    const row = sql.get.get({ destination, sha256 })
    return row && String(row.file_id)
  }
  return {
    get: async (content) => get(content),
    async reserve(content, file) {
      sql.reserve.run({ ...content, file })
      return get(content) ?? file
    },
    async replace(content, file) {
      sql.replace.run({ ...content, file })
    },
  }
}
