import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ScanEvent } from '../../contract/events.ts'
import { MAX_BATCH, type ScanStore } from '../port.ts'
import { type LiveReader, shareWatches } from '../shared-watch.ts'
import { VISIBLE } from './database.ts'
import { type FindEvent, toEvents } from './event-rows.ts'

/** Most pages that replays share: some 10 MB. */
const MAX_PAGES = 64

/**
 * Events in order, and the sequence number of each, by which delivery is exact. All readers get the same array, so that
 * what is made of it, such as its encoding, can be made once.
 */
interface Page {
  events: ScanEvent[]
  seqs: number[]
  /** Another page may follow. A full page never changes. */
  full: boolean
}

const lastOf = ({ seqs }: Page): number | undefined => seqs.at(-1)

interface Follower {
  scanId: string | undefined
  /** Sequence number of the last event delivered. */
  cursor: number
  reader: LiveReader<Page>
  scheduled: boolean
}

/** The change feed of the embedded store: `appended` and `erased` notify it, the events come from the table. */
export function eventFeed(db: DatabaseSync, now: () => number, find: FindEvent) {
  const sql = {
    newest: db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events'),
    ofAll: db.prepare('SELECT seq, body FROM events WHERE seq > :cursor ORDER BY seq'),
    ofScan: db.prepare('SELECT seq, body FROM events WHERE scan_id = :scan AND seq > :cursor ORDER BY seq'),
    visible: db.prepare(`SELECT 1 ${VISIBLE}`),
  }
  const followers = new Set<Follower>()
  const newest = () => Number(sql.newest.get()?.seq)

  /** Pages that another replay may be about to read, oldest first. They are kept while a replay runs. */
  const pages = new Map<string, Page>()
  let replays = 0

  /** The events of a row are never divided among pages. */
  function read(scanId: string | undefined, cursor: number): Page {
    const rows =
      scanId === undefined ? sql.ofAll.iterate({ cursor }) : sql.ofScan.iterate({ cursor, scan: scanId })
    const page: Page = { events: [], seqs: [], full: false }
    for (const row of rows) {
      const events = toEvents(row)
      page.full = page.events.length + events.length > MAX_BATCH
      if (page.full) break
      page.events.push(...events)
      page.seqs.push(...events.map(() => Number(row.seq)))
    }
    return page
  }

  /** The same for replays, which after a restart are many and read the same. */
  function readShared(scanId: string, cursor: number): Page {
    const key = `${scanId} ${cursor}`
    const known = pages.get(key)
    if (known) return known
    const page = read(scanId, cursor)
    if (page.full) pages.set(key, page)
    for (const oldest of pages.keys()) {
      if (pages.size <= MAX_PAGES) break
      pages.delete(oldest)
    }
    return page
  }

  /**
   * The sequence number after which a replay starts, that of the row before the event's; undefined when the scan or the
   * event is not there.
   */
  function startOf(scanId: string, after: string): number | undefined {
    if (!sql.visible.get({ scan: scanId, now: now() })) return undefined
    if (after === '') return 0
    const found = find(scanId, after)
    return found && found.seq - 1
  }

  function deliver(follower: Follower): void {
    follower.scheduled = false
    if (!followers.has(follower)) return
    let page: Page
    try {
      page = read(follower.scanId, follower.cursor)
    } catch (error) {
      // Of a damaged database; nobody awaits this, and it would end the process.
      follower.reader.failed?.(error)
      return
    }
    follower.cursor = lastOf(page) ?? follower.cursor
    if (page.events.length > 0) follower.reader.items([page])
    if (page.full) schedule(follower)
  }

  function schedule(follower: Follower): void {
    if (follower.scheduled) return
    follower.scheduled = true
    setImmediate(deliver, follower)
  }

  const join = shareWatches<Page, { stop(): void }>((scanId, reader) => {
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
      items(live) {
        if (replaying) return
        for (const { events, seqs } of live) {
          // The shared watch may be behind where this replay ended.
          const known = seqs.filter((seq) => seq <= cursor).length
          const fresh = known === 0 ? events : events.slice(known)
          if (fresh.length > 0) void listener.events(fresh)
        }
      },
      gone,
      failed(error) {
        stop()
        listener.failed?.(error)
      },
    })

    async function replay(scan: string, from: string): Promise<void> {
      const start = startOf(scan, from)
      if (start === undefined) return gone()
      cursor = start
      let first = from === '' ? 0 : undefined
      while (!stopped) {
        const page = readShared(scan, cursor)
        if (page.events.length === 0) break
        cursor = lastOf(page) ?? cursor
        // Of the first page only what is after the event.
        first ??= page.events.findIndex(({ event_id }) => event_id === from) + 1
        const events = first === 0 ? page.events : page.events.slice(first)
        first = 0
        if (events.length > 0) await listener.events(events)
        // A fast client takes a page at once. Other sockets and requests get their turn before the next.
        await nextTurn()
      }
      replaying = false
    }

    if (scanId !== undefined && after !== undefined) {
      setImmediate(() => {
        if (stopped) return
        replays++
        replay(scanId, after)
          .catch((error: unknown) => {
            stop()
            listener.failed?.(error)
          })
          .finally(() => {
            if (--replays === 0) pages.clear()
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
      for (const key of pages.keys()) if (key.startsWith(`${scanId} `)) pages.delete(key)
      for (const follower of followers) if (follower.scanId === scanId) follower.reader.gone()
    },
  }
}
