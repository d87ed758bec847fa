import { randomUUID } from 'node:crypto'
import {
  type DocumentSnapshot,
  FieldPath,
  FieldValue,
  type Firestore,
  type Query,
  Timestamp,
} from '@google-cloud/firestore'
import type { ScanEvent, Unstored } from '../../contract/events.ts'
import type { DriveFile } from '../../drive/port.ts'
import type { Log } from '../../platform/log.ts'
import type { Opening, ScanStore } from '../port.ts'
import { type LiveReader, shareWatches } from '../shared-watch.ts'
import { childExpiry, eventDocument, isDocumentId, scanDocument, toEvent, toScan } from './documents.ts'
import { eraseScan, sweepScans } from './erase.ts'
import { replayAndFollow } from './replay.ts'
import { ALREADY_EXISTS, ignoreStatus, NOT_FOUND, retryIdempotent, retryReadModifyWrite } from './status.ts'
import { type LiveWatch, WATCH_TUNING, type WatchTuning, watchEvents } from './watch.ts'

/** Group documents per write: each is about 50 KB, and a request is limited to 10 MiB. */
const GROUPS_PER_BATCH = 50

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
  const all = db.collection('scans')
  const groupsOf = (scanId: string) => all.doc(scanId).collection('groups')
  const eventsOf = (scanId: string) => all.doc(scanId).collection('events')
  const watches = new Set<LiveWatch>()

  const isVisible = (scan: DocumentSnapshot | undefined): scan is DocumentSnapshot =>
    scan?.exists === true && scan.get('expire_at').toMillis() > now()

  /** Fields of a scan and, in the same call, of one of its documents. Undefined if the scan is not visible. */
  async function read(scanId: string, fields: string[], path?: [collection: string, id: string]) {
    if (!isDocumentId(scanId)) return undefined
    const ref = all.doc(scanId)
    const refs = path ? [ref, ref.collection(path[0]).doc(path[1])] : [ref]
    const [scan, document] = await db.getAll(...refs, { fieldMask: ['expire_at', ...fields] })
    return isVisible(scan) ? { scan, document } : undefined
  }

  async function expiry(scanId: string): Promise<number | undefined> {
    return (await read(scanId, []))?.scan.get('expire_at').toMillis()
  }

  /** Runs a query inside the scan; returns its result if the scan is visible. */
  async function within<T>(scanId: string, query: () => Promise<T>, nothing: T): Promise<T> {
    if (!isDocumentId(scanId)) return nothing
    const [expireAt, result] = await Promise.all([expiry(scanId), query()])
    return expireAt === undefined ? nothing : result
  }

  /** True for the call that created it, also when the response to a first try was lost. */
  async function createEvent(
    scanId: string,
    group: number,
    event: Unstored<ScanEvent>,
    expireAt: number,
  ): Promise<boolean> {
    const writer = randomUUID()
    const ref = eventsOf(scanId).doc(event.event_id)
    const document = eventDocument(event, expireAt, { group, writer })
    const created = await retryIdempotent(() => ignoreStatus(ALREADY_EXISTS, () => ref.create(document)))
    return created || (await ref.get()).get('writer') === writer
  }

  /** An event of a visible scan, with its time alone. */
  async function find(scanId: string, eventId: string): Promise<DocumentSnapshot | undefined> {
    if (!isDocumentId(eventId)) return undefined
    const event = (await read(scanId, ['at'], ['events', eventId]))?.document
    return event?.exists ? event : undefined
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

  const count = async (query: Query) => (await query.count().get()).data().count

  const scans: ScanStore = {
    async create(scan, groups, started) {
      const { scan_id, expire_at } = scan
      const batches = Math.ceil(groups.length / GROUPS_PER_BATCH)
      for (let batch = 0; batch < batches; batch++) {
        const first = batch * GROUPS_PER_BATCH
        await retryIdempotent(() => {
          const writes = db.batch()
          for (const [offset, files] of groups.slice(first, first + GROUPS_PER_BATCH).entries()) {
            const group = { files, opening: null, closed_at: null, expire_at: childExpiry(expire_at) }
            writes.set(groupsOf(scan_id).doc(String(first + offset)), group)
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

    async get(scanId) {
      if (!isDocumentId(scanId)) return undefined
      const scan = await all.doc(scanId).get()
      return isVisible(scan) ? toScan(scan) : undefined
    },

    async groupFiles(scanId, group) {
      const found = await read(scanId, ['files'], ['groups', String(group)])
      return (found?.document?.get('files') as DriveFile[] | undefined) ?? []
    },

    open(scanId, group, opening) {
      return retryReadModifyWrite(async () => {
        const document = (await read(scanId, ['opening'], ['groups', String(group)]))?.document
        if (!document?.updateTime) return undefined
        const existing: Opening | null = document.get('opening')
        if (existing) return existing
        await document.ref.update({ opening }, { lastUpdateTime: document.updateTime })
        return opening
      })
    },

    async opening(scanId, group) {
      const found = await read(scanId, ['opening'], ['groups', String(group)])
      return (found?.document?.get('opening') as Opening | null | undefined) ?? undefined
    },

    async append(scanId, group, events) {
      const expireAt = await expiry(scanId)
      if (expireAt === undefined) return 0
      const added = await Promise.all(events.map((event) => createEvent(scanId, group, event, expireAt)))
      return added.filter((created) => created).length
    },

    async appendSuggestions(scanId, events) {
      if (!isDocumentId(scanId) || events.length === 0) return
      const documents = events.map((event) => ({ event, ref: eventsOf(scanId).doc(event.event_id) }))
      const refs = documents.map(({ ref }) => ref)
      // In one transaction with the scan, so that they are never behind an end that somebody else writes meanwhile.
      const create = () =>
        db.runTransaction(async (transaction) => {
          const [scan, ...stored] = await transaction.getAll(all.doc(scanId), ...refs, {
            fieldMask: ['expire_at', 'ended'],
          })
          if (!isVisible(scan) || scan.get('ended') !== null) return
          const expireAt = scan.get('expire_at').toMillis()
          const existing = new Set(stored.filter(({ exists }) => exists).map(({ id }) => id))
          for (const { event, ref } of documents) {
            if (!existing.has(ref.id)) transaction.create(ref, eventDocument(event, expireAt))
          }
        })
      await retryIdempotent(create)
    },

    async has(scanId, eventId) {
      if (!isDocumentId(eventId)) return false
      return (await read(scanId, [], ['events', eventId]))?.document?.exists ?? false
    },

    async event(scanId, eventId) {
      if (!isDocumentId(eventId)) return undefined
      const stored = async () => {
        const event = await eventsOf(scanId).doc(eventId).get()
        return event.exists ? toEvent(event) : undefined
      }
      return within(scanId, stored, undefined)
    },

    countGroup: (scanId, group) =>
      within(scanId, () => count(eventsOf(scanId).where('group', '==', group)), 0),

    countFiles: (scanId) => within(scanId, () => count(eventsOf(scanId).where('group', '>=', 0)), 0),

    recordedFiles(scanId, group) {
      const recorded = async () => {
        const { docs } = await eventsOf(scanId).where('group', '==', group).select('file_id').get()
        return new Set(docs.map((event) => String(event.get('file_id'))))
      }
      return within(scanId, recorded, new Set())
    },

    closeGroup(scanId, group) {
      const closer = randomUUID()
      return retryReadModifyWrite(async () => {
        const found = await read(scanId, ['closed_at', 'closed_by'], ['groups', String(group)])
        const document = found?.document
        if (!document?.updateTime) return false
        if (document.get('closed_at') !== null) return document.get('closed_by') === closer
        const at = Timestamp.fromMillis(now())
        await db
          .batch()
          .update(document.ref, { closed_at: at, closed_by: closer }, { lastUpdateTime: document.updateTime })
          .update(all.doc(scanId), { last_progress_at: at })
          .commit()
        return true
      })
    },

    unclosedGroups(scanId, limit) {
      const unclosed = async () => {
        const query = groupsOf(scanId).where('closed_at', '==', null).select()
        const { docs } = await (limit === undefined ? query : query.limit(limit)).get()
        return docs.map((group) => Number(group.id)).sort((a, b) => a - b)
      }
      return within(scanId, unclosed, [])
    },

    end(scanId, event, expireAt) {
      const ender = randomUUID()
      return retryReadModifyWrite(async () => {
        const scan = (await read(scanId, ['ended', 'ended_by']))?.scan
        if (!scan) return false
        if (scan.get('ended') !== null) return scan.get('ended_by') === ender
        await db
          .batch()
          .create(eventsOf(scanId).doc(event.event_id), eventDocument(event, expireAt))
          .update(scan.ref, {
            ended: event.type,
            ended_by: ender,
            expire_at: Timestamp.fromMillis(expireAt),
            targets: FieldValue.delete(),
            access_token: FieldValue.delete(),
          })
          .commit()
        return true
      })
    },

    async events(scanId, { after, types, limit }) {
      const start = after === undefined ? undefined : await find(scanId, after)
      if (after !== undefined && !start) return undefined
      const page = async () => {
        let query = eventsOf(scanId).orderBy('at').orderBy(FieldPath.documentId()).limit(limit)
        if (types !== undefined) query = query.where('type', 'in', types)
        if (start) query = query.startAfter(start.get('at'), start.id)
        return (await query.get()).docs.map(toEvent)
      }
      return start ? page() : within(scanId, page, [])
    },

    watch(scanId, listener, { after } = {}) {
      const join = (reader: LiveReader<ScanEvent>) => joinLive(scanId, reader)
      if (scanId === undefined || after === undefined) return replayAndFollow(join, listener)
      return replayAndFollow(join, listener, {
        after,
        query: eventsOf(scanId),
        find: (eventId) => find(scanId, eventId),
        isVisible: async () => (await expiry(scanId)) !== undefined,
        maxHeld: tuning.maxHeld,
      })
    },

    async running(since) {
      const { docs } = await all
        .where('ended', '==', null)
        .where('last_progress_at', '>=', Timestamp.fromMillis(since))
        .orderBy('last_progress_at')
        .select('total_files', 'expire_at')
        .get()
      return docs
        .filter(isVisible)
        .map((scan) => ({ scan_id: scan.id, total_files: scan.get('total_files') as number }))
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

    sweep: () => sweepScans(db, now()),
  }

  return {
    scans,
    async stopWatches() {
      for (const watch of watches) watch.stop()
      await Promise.all([...watches].map((watch) => watch.done))
    },
  }
}
