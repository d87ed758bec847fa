import type { DatabaseSync } from 'node:sqlite'
import type { ScanEvent } from '../../contract/events.ts'
import { MAX_BATCH, type ScanStore } from '../port.ts'
import { type LiveReader, shareWatches } from '../shared-watch.ts'
import { VISIBLE } from './database.ts'

/** An event and its sequence number, by which delivery is exact. */
interface Row {
  seq: number
  event: ScanEvent
}

interface Follower {
  scanId: string | undefined
  /** Sequence number of the last event delivered. */
  cursor: number
  reader: LiveReader<Row>
  scheduled: boolean
}

/** The change feed of the embedded store: `appended` and `erased` notify it, the events come from the table. */
export function eventFeed(db: DatabaseSync, now: () => number) {
  const sql = {
    newest: db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events'),
    ofAll: db.prepare('SELECT seq, body FROM events WHERE seq > :cursor ORDER BY seq LIMIT :limit'),
    ofScan: db.prepare(
      'SELECT seq, body FROM events WHERE scan_id = :scan AND seq > :cursor ORDER BY seq LIMIT :limit',
    ),
    visible: db.prepare(`SELECT 1 ${VISIBLE}`),
    sequence: db.prepare('SELECT seq FROM events WHERE scan_id = :scan AND event_id = :id'),
  }
  const followers = new Set<Follower>()
  const newest = () => Number(sql.newest.get()?.seq)

  function read(scanId: string | undefined, cursor: number): Row[] {
    const range = { cursor, limit: MAX_BATCH }
    const rows = scanId === undefined ? sql.ofAll.all(range) : sql.ofScan.all({ ...range, scan: scanId })
    return rows.map(({ seq, body }) => ({ seq: Number(seq), event: JSON.parse(String(body)) }))
  }

  /** The sequence number at which a replay starts; undefined when the scan or the event is not there. */
  function startOf(scanId: string, after: string): number | undefined {
    if (!sql.visible.get({ scan: scanId, now: now() })) return undefined
    if (after === '') return 0
    const row = sql.sequence.get({ scan: scanId, id: after })
    return row && Number(row.seq)
  }

  function deliver(follower: Follower): void {
    follower.scheduled = false
    if (!followers.has(follower)) return
    const rows = read(follower.scanId, follower.cursor)
    follower.cursor = rows.at(-1)?.seq ?? follower.cursor
    if (rows.length > 0) follower.reader.items(rows)
    if (rows.length === MAX_BATCH) schedule(follower)
  }

  function schedule(follower: Follower): void {
    if (follower.scheduled) return
    follower.scheduled = true
    setImmediate(deliver, follower)
  }

  const join = shareWatches<Row, { stop(): void }>((scanId, reader) => {
    const follower: Follower = { scanId, cursor: newest(), reader, scheduled: false }
    followers.add(follower)
    return { stop: () => void followers.delete(follower) }
  })

  /** A replay needs to hold nothing back: what arrives meanwhile is in the table. */
  const watch: ScanStore['watch'] = (scanId, listener, { after } = {}) => {
    let cursor = newest()
    let replaying = scanId !== undefined && after !== undefined
    let stopped = false
    const stop = () => {
      stopped = true
      leave()
    }
    const gone = () => {
      stop()
      listener.gone?.()
    }
    const { leave } = join(scanId, {
      items(rows) {
        // The shared watch may be behind where this replay ended.
        const fresh = rows.filter(({ seq }) => seq > cursor)
        if (!replaying && fresh.length > 0) void listener.events(fresh.map(({ event }) => event))
      },
      gone,
    })

    async function replay(scan: string, from: string): Promise<void> {
      const start = startOf(scan, from)
      if (start === undefined) return gone()
      cursor = start
      while (!stopped) {
        const rows = read(scan, cursor)
        if (rows.length === 0) break
        cursor = rows.at(-1)?.seq ?? cursor
        await listener.events(rows.map(({ event }) => event))
      }
      replaying = false
    }

    if (scanId !== undefined && after !== undefined) {
      setImmediate(() => {
        if (stopped) return
        replay(scanId, after).catch((error: unknown) => {
          stop()
          listener.failed?.(error)
        })
      })
    }
    return { ready: Promise.resolve(), stop }
  }

  return {
    watch,
    appended(scanId: string): void {
      for (const follower of followers) {
        if (follower.scanId === undefined || follower.scanId === scanId) schedule(follower)
      }
    },
    erased(scanId: string): void {
      for (const follower of followers) if (follower.scanId === scanId) follower.reader.gone()
    },
  }
}
