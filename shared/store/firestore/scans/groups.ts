import { randomUUID } from 'node:crypto'
import { type Firestore, Timestamp } from '@google-cloud/firestore'
import type { FileEvent, ProgressEvent, Unstored } from '../../../contract/events.ts'
import type { Group, Opening, ScanStore } from '../../port.ts'
import { eventDocument, groupEventsDocument, groupEventsId } from '../documents.ts'
import { retryReadModifyWrite } from '../status.ts'
import type { VisibleScans } from './visible.ts'

/** The groups of scans. Each is opened and closed once: an update on the condition that the document is unchanged. */
export function firestoreGroups(
  db: Firestore,
  { all, groupsOf, eventsOf, read, whileRunning, within }: VisibleScans,
  now: () => number,
): Pick<ScanStore, 'group' | 'open' | 'closeGroup' | 'unclosedGroups'> {
  return {
    async group(scanId, group) {
      const document = (await read(scanId, ['files', 'opening'], ['groups', String(group)]))?.document
      if (!document?.exists) return undefined
      const files: Group['files'] = document.get('files')
      if (files.length === 0) return undefined
      return { files, opening: document.get('opening') ?? undefined }
    },

    open(scanId, group, opening, known) {
      const together = known.filter(isProgress)
      const singly = known.filter((event) => !isProgress(event))
      return retryReadModifyWrite(async () => {
        const document = (await read(scanId, ['opening'], ['groups', String(group)]))?.document
        const lastUpdateTime = document?.updateTime
        if (!lastUpdateTime) return undefined
        const existing: Opening | null = document.get('opening')
        if (existing) return existing
        const events = eventsOf(scanId)
        const opened = await whileRunning(scanId, (transaction, expireAt) => {
          transaction.update(document.ref, { opening, known: together.length }, { lastUpdateTime })
          if (together.length > 0) {
            transaction.create(
              events.doc(groupEventsId(group)),
              groupEventsDocument(group, together, expireAt),
            )
          }
          for (const event of singly) {
            transaction.create(events.doc(event.event_id), eventDocument(event, expireAt, { group }))
          }
        })
        return opened ? opening : undefined
      })
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
  }
}

const isProgress = (event: Unstored<FileEvent>): event is Unstored<ProgressEvent> => event.type === 'progress'
