import type { DatabaseSync } from 'node:sqlite'
import type { ScanEvent } from '../../contract/events.ts'
import type { ScanStore, WatchListener } from '../port.ts'

/** How many events one delivery carries at most, so that a burst does not hold up the event loop. */
const BATCH = 500

interface Watcher {
  scanId: string | undefined
  /** Sequence number of the last event delivered: what makes delivery exact. */
  cursor: number
  listener: WatchListener
  scheduled: boolean
}

/** The change feed of the embedded store: watchers are told in the same process, events come from the table. */
export function eventFeed(db: DatabaseSync) {
  const last = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events')
  const ofAll = db.prepare('SELECT seq, body FROM events WHERE seq > :cursor ORDER BY seq LIMIT :limit')
  const ofScan = db.prepare(
    'SELECT seq, body FROM events WHERE scan_id = :scan AND seq > :cursor ORDER BY seq LIMIT :limit',
  )
  const watchers = new Set<Watcher>()

  function deliver(watcher: Watcher): void {
    watcher.scheduled = false
    if (!watchers.has(watcher)) return
    const range = { cursor: watcher.cursor, limit: BATCH }
    const rows =
      watcher.scanId === undefined ? ofAll.all(range) : ofScan.all({ ...range, scan: watcher.scanId })
    const newest = rows.at(-1)
    if (!newest) return
    watcher.cursor = Number(newest.seq)
    watcher.listener.events(rows.map((row) => JSON.parse(String(row.body)) as ScanEvent))
    if (rows.length === BATCH) schedule(watcher)
  }

  function schedule(watcher: Watcher): void {
    if (watcher.scheduled) return
    watcher.scheduled = true
    setImmediate(deliver, watcher)
  }

  const watch: ScanStore['watch'] = (scanId, listener) => {
    const watcher: Watcher = { scanId, cursor: Number(last.get()?.seq), listener, scheduled: false }
    watchers.add(watcher)
    return { ready: Promise.resolve(), stop: () => watchers.delete(watcher) }
  }

  return {
    watch,
    appended(scanId: string): void {
      for (const watcher of watchers) {
        if (watcher.scanId === undefined || watcher.scanId === scanId) schedule(watcher)
      }
    },
    gone(scanId: string): void {
      for (const watcher of watchers) if (watcher.scanId === scanId) watcher.listener.gone?.()
    },
  }
}
