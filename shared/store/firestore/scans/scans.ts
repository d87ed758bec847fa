import { randomUUID } from 'node:crypto'
import { FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore'
import type { ScanEvent } from '../../../contract/events.ts'
import type { Log } from '../../../platform/log.ts'
import { inGroups, type ScanStore, WITHOUT_SECRETS } from '../../port.ts'
import { type LiveReader, shareWatches } from '../../shared-watch.ts'
import {
  closedGroupDocument,
  eventDocument,
  groupDocument,
  groupEventsDocument,
  groupEventsId,
  isDocumentId,
  scanDocument,
  toScan,
} from '../documents.ts'
import { ALREADY_EXISTS, ignoreStatus, NOT_FOUND, retryIdempotent, retryReadModifyWrite } from '../status.ts'
import { eraseScan, sweepScans } from './erase.ts'
import { firestoreEvents } from './events.ts'
import { firestoreGroups } from './groups.ts'
import { firestoreListing, inBatches } from './listing.ts'
import { replayAndFollow } from './replay.ts'
import { visibleScans } from './visible.ts'
import { type LiveWatch, WATCH_TUNING, type WatchTuning, watchEvents } from './watch.ts'

export interface FirestoreScansOptions {
  now: () => number
  log?: Log | undefined
  watch: Partial<WatchTuning>
}

/**
 * Scans as documents. No document holds a counter, and none is written more often than once per closed group. What must
 * happen only once is the creation of a document, or an update on the condition that the document is unchanged. Such an
 * update carries its writer's mark, by which the writer recognises it when the response was lost.
 */
export function firestoreScans(
  db: Firestore,
  { now, log, watch }: FirestoreScansOptions,
): { scans: ScanStore; stopWatches(): Promise<void> } {
  const tuning = { ...WATCH_TUNING, ...watch }
  const visible = visibleScans(db, now)
  const { all, groupsOf, eventsOf, isVisible, read, whileRunning, expiry } = visible
  const { find, ...events } = firestoreEvents(visible)
  const watches = new Set<LiveWatch>()
  /** Of replays. A client that is terminated during a read fails where nobody can catch it. */
  const reads = new Set<Promise<unknown>>()
  let closing = false

  function readAndWait<T>(work: () => Promise<T>): Promise<T> {
    if (closing) return Promise.reject(new Error('the store is closing'))
    const reading = work()
    reads.add(reading)
    const done = () => reads.delete(reading)
    reading.then(done, done)
    return reading
  }

  const joinLive = shareWatches<ScanEvent, LiveWatch>((scanId, reader) => {
    const source =
      scanId === undefined
        ? { query: db.collectionGroup('events').orderBy('at'), probe: () => all.select().limit(1).get() }
        : { query: eventsOf(scanId).orderBy('at'), probe: () => all.doc(scanId).get(), scanId, isVisible }
    const watch = watchEvents(source, reader, { ...tuning, now, log })
    watches.add(watch)
    void watch.done.then(() => watches.delete(watch))
    return watch
  })

  const scans: ScanStore = {
    ...firestoreGroups(db, visible, now),
    endListing: firestoreListing(db, visible, now),
    ...events,

    async create(scan, groups, started) {
      const { scan_id, expire_at } = scan
      for (const batch of inBatches(scan.listing ? [...groups, []] : groups, 0)) {
        await retryIdempotent(() => {
          const writes = db.batch()
          for (const { index, files } of batch) {
            writes.set(groupsOf(scan_id).doc(String(index)), groupDocument(files, expire_at))
          }
          return writes.commit()
        })
      }
      await retryIdempotent(() => {
        const writes = db
          .batch()
          .create(all.doc(scan_id), scanDocument(scan))
          .create(eventsOf(scan_id).doc(started.event_id), eventDocument(started, expire_at))
        return ignoreStatus(ALREADY_EXISTS, () => writes.commit())
      })
    },

    async createEnded(scan, { started, files, end }) {
      const { scan_id, expire_at } = scan
      const events = eventsOf(scan_id)
      const together = files.filter((event) => event.type === 'progress')
      const singly = files.filter((event) => event.type !== 'progress')
      const documents = [
        ...singly.map((event) => [event.event_id, eventDocument(event, expire_at, { group: 0 })] as const),
        ...inGroups(together).map(
          (slice, group) => [groupEventsId(group), groupEventsDocument(group, slice, expire_at)] as const,
        ),
      ]
      // One after the other, as their times order them. The scan itself comes last, without which nothing is visible.
      await retryIdempotent(() => events.doc(started.event_id).set(eventDocument(started, expire_at)))
      await Promise.all(
        inGroups(documents).map((page) =>
          retryIdempotent(() => {
            const writes = db.batch()
            for (const [id, document] of page) writes.set(events.doc(id), document)
            return writes.commit()
          }),
        ),
      )
      await retryIdempotent(() =>
        db
          .batch()
          .set(events.doc(end.event_id), eventDocument(end, expire_at))
          .set(groupsOf(scan_id).doc('0'), closedGroupDocument(together.length, now(), expire_at))
          .set(all.doc(scan_id), { ...scanDocument({ ...scan, ...WITHOUT_SECRETS }), ended: end.type })
          .commit(),
      )
    },

    async get(scanId) {
      if (!isDocumentId(scanId)) return undefined
      const scan = await all.doc(scanId).get()
      return isVisible(scan) ? toScan(scan) : undefined
    },

    end(scanId, event, expireAt) {
      const ender = randomUUID()
      return retryReadModifyWrite(async () => {
        const ended = await whileRunning(scanId, (transaction) => {
          transaction
            .create(eventsOf(scanId).doc(event.event_id), eventDocument(event, expireAt))
            .update(all.doc(scanId), {
              ended: event.type,
              ended_by: ender,
              expire_at: Timestamp.fromMillis(expireAt),
              targets: FieldValue.delete(),
              access_token: FieldValue.delete(),
            })
        })
        // By this call, where the response to a first try was lost.
        return ended || (await read(scanId, ['ended_by']))?.scan.get('ended_by') === ender
      })
    },

    watch(scanId, listener, { after } = {}) {
      const join = (reader: LiveReader<ScanEvent>) => joinLive(scanId, reader)
      if (scanId === undefined || after === undefined) return replayAndFollow(join, listener)
      return replayAndFollow(join, listener, {
        after,
        query: eventsOf(scanId),
        find: (eventId) => find(scanId, eventId),
        isVisible: async () => (await expiry(scanId)) !== undefined,
        read: readAndWait,
        maxHeld: tuning.maxHeld,
      })
    },

    async running(since) {
      const { docs } = await all
        .where('ended', '==', null)
        .where('last_progress_at', '>=', Timestamp.fromMillis(since))
        .orderBy('last_progress_at')
        .select('total_files', 'folder', 'expire_at')
        .get()
      return docs.filter(isVisible).map((scan) => ({
        scan_id: scan.id,
        total_files: scan.get('total_files'),
        folder_id: scan.get('folder').id,
      }))
    },

    async stalled(before) {
      const { docs } = await all
        .where('ended', '==', null)
        .where('last_progress_at', '<', Timestamp.fromMillis(before))
        .orderBy('last_progress_at')
        .get()
      return docs.filter(isVisible).map(toScan)
    },

    async touch(scanId) {
      if (!isDocumentId(scanId)) return
      const progress = { last_progress_at: Timestamp.fromMillis(now()) }
      await retryIdempotent(() => ignoreStatus(NOT_FOUND, () => all.doc(scanId).update(progress)))
    },

    async erase(scanId) {
      if (isDocumentId(scanId)) await eraseScan(db, all.doc(scanId))
    },

    async eraseAlbum(albumId) {
      const { docs } = await all.where('album.album_id', '==', albumId).select().get()
      for (const scan of docs) await eraseScan(db, scan.ref)
    },

    sweep: () => sweepScans(db, now()),
  }

  return {
    scans,
    async stopWatches() {
      closing = true
      for (const watch of watches) watch.stop()
      await Promise.all([...watches].map((watch) => watch.done))
      await Promise.allSettled(reads)
    },
  }
}
