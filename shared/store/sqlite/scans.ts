import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { EndEvent, ScanEvent, Unstored } from '../../contract/events.ts'
import type { DriveFile } from '../../drive/port.ts'
import { inGroups, type NewScan, type Opening, type Scan, type ScanStore, WITHOUT_SECRETS } from '../port.ts'
import { transaction, truncateLog, VISIBLE } from './database.ts'
import { eventFinder, groupEventsId, toEvents } from './event-rows.ts'
import { eventFeed } from './feed.ts'

type Row = Record<string, SQLOutputValue>

export function sqliteScans(db: DatabaseSync, now: () => number): ScanStore {
  const findEvent = eventFinder(db, now)
  const feed = eventFeed(db, now, findEvent)
  const sql = {
    insertScan: db.prepare(
      `INSERT INTO scans (scan_id, folder, total_files, window, targets, suggestions, engine_id, key_hash, access_token,
                          created_at, last_progress_at, expire_at, listing, album)
       VALUES (:scan, :folder, :total, :window, :targets, :suggestions, :engine, :key, :token, :created, :created,
               :expire, :listing, :album)`,
    ),
    insertGroup: db.prepare('INSERT INTO groups (scan_id, idx, files) VALUES (:scan, :group, :files)'),
    insertClosed: db.prepare(
      `INSERT INTO groups (scan_id, idx, files, known, closed_at) VALUES (:scan, 0, '[]', :known, :now)`,
    ),
    endListing: db.prepare(
      `UPDATE scans SET total_files = :total, listing = NULL, last_progress_at = :now
       WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND ended IS NULL AND listing IS NOT NULL
         AND EXISTS (SELECT 1 FROM groups WHERE scan_id = :scan AND idx = :first AND closed_at IS NULL)`,
    ),
    removeGroup: db.prepare('DELETE FROM groups WHERE scan_id = :scan AND idx = :group'),
    scan: db.prepare(`SELECT * ${VISIBLE}`),
    group: db.prepare(
      `SELECT files, opening FROM groups WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND idx = :group`,
    ),
    open: db.prepare(
      `UPDATE groups SET opening = :opening, known = :known
       WHERE scan_id = (SELECT scan_id ${VISIBLE} AND ended IS NULL) AND idx = :group AND opening IS NULL`,
    ),
    append: db.prepare(
      `INSERT INTO events (scan_id, event_id, grp, type, body)
       SELECT scan_id, :id, :group, :type, :body ${VISIBLE} AND ended IS NULL
       ON CONFLICT (scan_id, event_id) DO NOTHING`,
    ),
    countGroup: db.prepare(
      `SELECT (SELECT count(*) FROM events WHERE scan_id = :scan AND grp = :group) + known AS n
       FROM groups WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND idx = :group`,
    ),
    countFiles: db.prepare(
      `SELECT (SELECT count(*) FROM events WHERE scan_id = :scan AND grp IS NOT NULL)
            + (SELECT sum(known) FROM groups WHERE scan_id = :scan) AS n ${VISIBLE}`,
    ),
    recorded: db.prepare(
      `SELECT body FROM events
       WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND (grp = :group OR event_id = :together)`,
    ),
    closeGroup: db.prepare(
      `UPDATE groups SET closed_at = :now
       WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND idx = :group AND closed_at IS NULL`,
    ),
    unclosedGroups: db.prepare(
      `SELECT idx FROM groups WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND closed_at IS NULL
       ORDER BY idx LIMIT :limit`,
    ),
    touch: db.prepare('UPDATE scans SET last_progress_at = :now WHERE scan_id = :scan'),
    end: db.prepare(
      `UPDATE scans SET ended = :type, expire_at = :expire, targets = NULL, access_token = NULL
       WHERE scan_id = :scan`,
    ),
    page: db.prepare(
      `SELECT body FROM events
       WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND seq >= :from
         AND (:types IS NULL OR type IN (SELECT value FROM json_each(:types)))
       ORDER BY seq LIMIT :limit`,
    ),
    running: db.prepare(
      `SELECT scan_id, total_files, folder ->> 'id' AS folder_id FROM scans
       WHERE ended IS NULL AND expire_at > :now AND last_progress_at >= :since`,
    ),
    stalled: db.prepare(
      'SELECT * FROM scans WHERE ended IS NULL AND expire_at > :now AND last_progress_at < :before',
    ),
    erase: db.prepare('DELETE FROM scans WHERE scan_id = :scan'),
    ofAlbum: db.prepare(`SELECT scan_id FROM scans WHERE album ->> 'album_id' = :album`),
    expired: db.prepare('SELECT scan_id FROM scans WHERE expire_at <= :now'),
  }
  const at = (scanId: string) => ({ scan: scanId, now: now() })
  const number = (row: Row | undefined) => Number(row?.n ?? 0)

  function insertEvent(group: number | null, event: Unstored<ScanEvent>): boolean {
    const body = JSON.stringify({ ...event, at: new Date(now()).toISOString() })
    const added = sql.append.run({ ...at(event.scan_id), id: event.event_id, group, type: event.type, body })
    return added.changes === 1
  }

  function insertScan(scan: NewScan): void {
    sql.insertScan.run({
      scan: scan.scan_id,
      folder: JSON.stringify(scan.folder),
      total: scan.total_files,
      window: scan.window,
      targets: new Uint8Array(scan.targets.buffer, scan.targets.byteOffset, scan.targets.byteLength),
      suggestions: Number(scan.suggestions),
      engine: scan.engine_id,
      key: scan.key_hash,
      token: scan.access_token ?? null,
      created: scan.created_at,
      expire: scan.expire_at,
      listing: scan.listing ? JSON.stringify(scan.listing) : null,
      album: scan.album ? JSON.stringify(scan.album) : null,
    })
  }

  function insertGroups(scanId: string, first: number, groups: DriveFile[][]): void {
    for (const [index, files] of groups.entries()) {
      sql.insertGroup.run({ scan: scanId, group: first + index, files: JSON.stringify(files) })
    }
  }

  /** Events of one group as one row: the body is their array, and the group's `known` counts them. */
  function insertGroupEvents(scanId: string, group: number, events: Unstored<ScanEvent>[]): void {
    if (events.length === 0) return
    const time = new Date(now()).toISOString()
    const body = JSON.stringify(events.map((event) => ({ ...event, at: time })))
    sql.append.run({ ...at(scanId), id: groupEventsId(group), group: null, type: 'progress', body })
  }

  function erase(scanId: string): void {
    sql.erase.run({ scan: scanId })
    feed.erased(scanId)
  }

  return {
    async create(scan, groups, started) {
      transaction(db, () => {
        insertScan(scan)
        insertGroups(scan.scan_id, 0, scan.listing ? [...groups, []] : groups)
        insertEvent(null, started)
      })
      feed.appended(scan.scan_id)
    },

    async createEnded(scan, { started, files, end }) {
      const { scan_id } = scan
      const together = files.filter((event) => event.type === 'progress')
      const singly = files.filter((event) => event.type !== 'progress')
      transaction(db, () => {
        insertScan({ ...scan, ...WITHOUT_SECRETS })
        insertEvent(null, started)
        sql.insertClosed.run({ ...at(scan_id), known: together.length })
        for (const event of singly) insertEvent(0, event)
        for (const [group, events] of inGroups(together).entries()) insertGroupEvents(scan_id, group, events)
        insertEvent(null, end)
        sql.end.run({ scan: scan_id, type: end.type, expire: scan.expire_at })
      })
      feed.appended(scan_id)
    },

    async endListing(scanId, first, groups, event) {
      const listed = transaction(db, () => {
        const ended = sql.endListing.run({ ...at(scanId), first, total: event.total_files })
        if (ended.changes === 0) return false
        sql.removeGroup.run({ scan: scanId, group: first })
        insertGroups(scanId, first, groups)
        insertEvent(null, event)
        return true
      })
      if (listed) feed.appended(scanId)
      return listed
    },

    async get(scanId) {
      const row = sql.scan.get(at(scanId))
      return row && toScan(row)
    },

    async group(scanId, group) {
      const row = sql.group.get({ ...at(scanId), group })
      const files = row && JSON.parse(String(row.files))
      return row && files.length > 0 ? { files, opening: toOpening(row) } : undefined
    },

    async open(scanId, group, opening, known) {
      const together = known.filter((event) => event.type === 'progress')
      const singly = known.filter((event) => event.type !== 'progress')
      const opened = transaction(db, () => {
        const written = { opening: JSON.stringify(opening), known: together.length }
        if (sql.open.run({ ...at(scanId), group, ...written }).changes === 0) return false
        insertGroupEvents(scanId, group, together)
        for (const event of singly) insertEvent(group, event)
        return true
      })
      if (!opened) return toOpening(sql.group.get({ ...at(scanId), group }))
      if (known.length > 0) feed.appended(scanId)
      return opening
    },

    async append(scanId, group, events) {
      const added = transaction(db, () => events.filter((event) => insertEvent(group, event)).length)
      if (added > 0) feed.appended(scanId)
      return added
    },

    async appendSuggestions(scanId, events) {
      const added = transaction(db, () => events.filter((event) => insertEvent(null, event)).length)
      if (added > 0) feed.appended(scanId)
    },

    async has(scanId, eventId) {
      return findEvent(scanId, eventId) !== undefined
    },

    async event(scanId, eventId) {
      return findEvent(scanId, eventId)?.event
    },

    async countGroup(scanId, group) {
      return number(sql.countGroup.get({ ...at(scanId), group }))
    },

    async countFiles(scanId) {
      return number(sql.countFiles.get(at(scanId)))
    },

    async recordedFiles(scanId, group) {
      const rows = sql.recorded.all({ ...at(scanId), group, together: groupEventsId(group) })
      return new Set(rows.flatMap(toEvents).flatMap((event) => ('file_id' in event ? event.file_id : [])))
    },

    async closeGroup(scanId, group) {
      return transaction(db, () => {
        const closed = sql.closeGroup.run({ ...at(scanId), group }).changes === 1
        if (closed) sql.touch.run(at(scanId))
        return closed
      })
    },

    async unclosedGroups(scanId, limit = -1) {
      return sql.unclosedGroups.all({ ...at(scanId), limit }).map((row) => Number(row.idx))
    },

    async end(scanId, event: Unstored<EndEvent>, expireAt) {
      const ended = transaction(db, () => {
        if (!insertEvent(null, event)) return false
        sql.end.run({ scan: scanId, type: event.type, expire: expireAt })
        return true
      })
      if (!ended) return false
      feed.appended(scanId)
      truncateLog(db)
      return true
    },

    async events(scanId, { after, types, limit }) {
      const start = after === undefined ? undefined : findEvent(scanId, after)
      if (after !== undefined && !start) return undefined
      const rows = sql.page.all({
        ...at(scanId),
        from: start?.seq ?? 0,
        types: types ? JSON.stringify(types) : null,
        limit: start ? limit + 1 : limit,
      })
      const events = rows.flatMap(toEvents)
      const first = events.findIndex(({ event_id }) => event_id === after) + 1
      return events.slice(first, first + limit)
    },

    watch: feed.watch,

    async running(since) {
      const rows = sql.running.all({ now: now(), since })
      return rows.map((row) => ({
        scan_id: String(row.scan_id),
        total_files: Number(row.total_files),
        folder_id: String(row.folder_id),
      }))
    },

    async stalled(before) {
      return sql.stalled.all({ now: now(), before }).map(toScan)
    },

    async touch(scanId) {
      sql.touch.run(at(scanId))
    },

    async erase(scanId) {
      erase(scanId)
      truncateLog(db)
    },

    async eraseAlbum(albumId) {
      for (const row of sql.ofAlbum.all({ album: albumId })) erase(String(row.scan_id))
      truncateLog(db)
    },

    async sweep() {
      const expired = sql.expired.all({ now: now() })
      for (const row of expired) erase(String(row.scan_id))
      // Also for what others have deleted since, such as the queue.
      truncateLog(db)
      return expired.length
    },
  }
}

const toOpening = (row: Row | undefined): Opening | undefined =>
  typeof row?.opening === 'string' ? JSON.parse(row.opening) : undefined

function toScan(row: Row): Scan {
  const bytes = row.targets as Uint8Array | null
  return {
    scan_id: String(row.scan_id),
    folder: JSON.parse(String(row.folder)),
    total_files: Number(row.total_files),
    listing: row.listing === null ? undefined : JSON.parse(String(row.listing)),
    window: Number(row.window),
    targets: bytes ? new Float32Array(new Uint8Array(bytes).buffer) : undefined,
    suggestions: Number(row.suggestions) === 1,
    engine_id: String(row.engine_id),
    key_hash: String(row.key_hash),
    access_token: row.access_token === null ? undefined : String(row.access_token),
    created_at: Number(row.created_at),
    last_progress_at: Number(row.last_progress_at),
    expire_at: Number(row.expire_at),
    album: row.album === null ? undefined : JSON.parse(String(row.album)),
    ended: (row.ended as Scan['ended'] | null) ?? undefined,
  }
}
