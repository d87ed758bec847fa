import { randomUUID } from 'node:crypto'
import { AggregateField, type DocumentSnapshot, FieldPath, type Query } from '@google-cloud/firestore'
import type { ScanEvent, Unstored } from '../../../contract/events.ts'
import type { ScanStore } from '../../port.ts'
import { eventDocument, groupEventsId, isDocumentId, toEvents } from '../documents.ts'
import { ALREADY_EXISTS, ignoreStatus, retryIdempotent } from '../status.ts'
import type { VisibleScans } from './visible.ts'

type EventStore = Pick<
  ScanStore,
  'append' | 'appendSuggestions' | 'has' | 'event' | 'countGroup' | 'countFiles' | 'recordedFiles' | 'events'
> & {
  /** The document that has the event: its own, or that of its group. Undefined when the scan or the event is not there. */
  find(scanId: string, eventId: string): Promise<DocumentSnapshot | undefined>
}

/** The events of scans. One exists only once because its document is created under its id. */
export function firestoreEvents({
  groupsOf,
  eventsOf,
  read,
  whileRunning,
  within,
}: VisibleScans): EventStore {
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

  async function find(scanId: string, eventId: string): Promise<DocumentSnapshot | undefined> {
    if (!isDocumentId(eventId)) return undefined
    const found = async () => {
      const own = await eventsOf(scanId).doc(eventId).get()
      if (own.exists) return own.get('files') === undefined ? own : undefined
      const fileId = /^file:(.+)$/s.exec(eventId)?.[1]
      if (fileId === undefined) return undefined
      const { docs } = await eventsOf(scanId).where('file_ids', 'array-contains', fileId).limit(1).get()
      return docs[0]
    }
    return within(scanId, found, undefined)
  }

  const count = async (query: Query) => (await query.count().get()).data().count

  return {
    find,

    // Not in one transaction with the scan, which would lock that document for each file while closed groups write to it.
    async append(scanId, group, events) {
      const scan = (await read(scanId, ['ended']))?.scan
      if (!scan || scan.get('ended') !== null) return 0
      const expireAt = scan.get('expire_at').toMillis()
      const added = await Promise.all(events.map((event) => createEvent(scanId, group, event, expireAt)))
      return added.filter((created) => created).length
    },

    async appendSuggestions(scanId, events) {
      if (events.length === 0) return
      const documents = events.map((event) => ({ event, ref: eventsOf(scanId).doc(event.event_id) }))
      const create = () =>
        whileRunning(scanId, async (transaction, expireAt) => {
          const stored = await transaction.getAll(...documents.map(({ ref }) => ref), { fieldMask: [] })
          const existing = new Set(stored.filter(({ exists }) => exists).map(({ id }) => id))
          for (const { event, ref } of documents) {
            if (!existing.has(ref.id)) transaction.create(ref, eventDocument(event, expireAt))
          }
        })
      await retryIdempotent(create)
    },

    async has(scanId, eventId) {
      return (await find(scanId, eventId)) !== undefined
    },

    async event(scanId, eventId) {
      const document = await find(scanId, eventId)
      return document && toEvents(document).find((event) => event.event_id === eventId)
    },

    async countGroup(scanId, group) {
      const [found, singly] = await Promise.all([
        read(scanId, ['known'], ['groups', String(group)]),
        isDocumentId(scanId) ? count(eventsOf(scanId).where('group', '==', group)) : 0,
      ])
      return found ? singly + (found.document?.get('known') ?? 0) : 0
    },

    async countFiles(scanId) {
      const counted = async () => {
        const known = groupsOf(scanId).aggregate({ known: AggregateField.sum('known') })
        const [singly, together] = await Promise.all([
          count(eventsOf(scanId).where('group', '>=', 0)),
          known.get(),
        ])
        return singly + together.data().known
      }
      return within(scanId, counted, 0)
    },

    async recordedFiles(scanId, group) {
      const recorded = async () => {
        const events = eventsOf(scanId)
        const [singly, together] = await Promise.all([
          events.where('group', '==', group).select('file_id').get(),
          events.doc(groupEventsId(group)).get(),
        ])
        const ids: string[] = singly.docs.map((event) => event.get('file_id'))
        return new Set([...ids, ...(together.get('file_ids') ?? [])])
      }
      return within(scanId, recorded, new Set())
    },

    async events(scanId, { after, types, limit }) {
      const start = after === undefined ? undefined : await find(scanId, after)
      if (after !== undefined && !start) return undefined
      const page = async () => {
        let query = eventsOf(scanId).orderBy('at').orderBy(FieldPath.documentId())
        if (types !== undefined) query = query.where('type', 'in', types)
        // The document of a group is read again for those of its events that are after this one.
        if (start) query = query.startAt(start.get('at'), start.id)
        const { docs } = await query.limit(start ? limit + 1 : limit).get()
        const events = docs.flatMap(toEvents)
        const first = events.findIndex(({ event_id }) => event_id === after) + 1
        return events.slice(first, first + limit)
      }
      return start ? page() : within(scanId, page, [])
    },
  }
}
