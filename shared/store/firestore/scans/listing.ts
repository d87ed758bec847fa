import { randomUUID } from 'node:crypto'
import { FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore'
import type { DriveFile } from '../../../drive/port.ts'
import type { ScanStore } from '../../port.ts'
import { eventDocument, groupDocument } from '../documents.ts'
import { retryReadModifyWrite } from '../status.ts'
import type { VisibleScans } from './visible.ts'

/** Group documents per write: each is about 50 KB, and a request is limited to 10 MiB. */
const GROUPS_PER_BATCH = 50

/** The groups in slices that fit into one write, with their indices from `first` on. */
export function* inBatches(groups: DriveFile[][], first: number) {
  for (let from = 0; from < groups.length; from += GROUPS_PER_BATCH) {
    const batch = groups.slice(from, from + GROUPS_PER_BATCH)
    yield batch.map((files, offset) => ({ index: first + from + offset, files }))
  }
}

/**
 * See `ScanStore.endListing`. The groups behind the first take several writes, and two may list the same folder at the same
 * time and find different files. So each write depends on the first group, which bears its writer's mark, being as the
 * writer left it, and whoever takes it over removes what the one before wrote. The last write makes all of it visible.
 */
export function firestoreListing(
  db: Firestore,
  { all, groupsOf, eventsOf, read, whileRunning }: VisibleScans,
  now: () => number,
): ScanStore['endListing'] {
  return (scanId, first, groups, event) => {
    const writer = randomUUID()
    return retryReadModifyWrite(async () => {
      const fields = ['listing', 'listed_by', 'ended', 'closed_at', 'claimed_by']
      const { scan, document } = (await read(scanId, fields, ['groups', String(first)])) ?? {}
      if (!scan || scan.get('ended') !== null) return false
      if (!scan.get('listing')) return scan.get('listed_by') === writer
      if (!document?.updateTime || document.get('closed_at') !== null) return false
      const expireAt = scan.get('expire_at').toMillis()
      const claimed = document.get('claimed_by')
      let lastUpdateTime = document.updateTime

      for (const batch of inBatches(groups.slice(1), first + 1)) {
        const writes = db.batch().update(document.ref, { claimed_by: writer }, { lastUpdateTime })
        for (const { index, files } of batch) {
          writes.set(groupsOf(scanId).doc(String(index)), groupDocument(files, expireAt))
        }
        const [written] = await writes.commit()
        lastUpdateTime = written?.writeTime ?? lastUpdateTime
      }
      const left = claimed === undefined ? [] : await leftOver(scanId, first + groups.length)
      return whileRunning(scanId, (last) => {
        const [own] = groups
        if (own) last.update(document.ref, { files: own }, { lastUpdateTime })
        else last.delete(document.ref, { lastUpdateTime })
        for (const ref of left) last.delete(ref)
        last
          .update(all.doc(scanId), {
            total_files: event.total_files,
            listing: FieldValue.delete(),
            listed_by: writer,
            last_progress_at: Timestamp.fromMillis(now()),
          })
          .create(eventsOf(scanId).doc(event.event_id), eventDocument(event, expireAt))
      })
    })
  }

  /** Groups from an index on, which are of somebody who did not come to the end. */
  async function leftOver(scanId: string, from: number) {
    const { docs } = await groupsOf(scanId).where('closed_at', '==', null).select().get()
    return docs.filter((group) => Number(group.id) >= from).map((group) => group.ref)
  }
}
