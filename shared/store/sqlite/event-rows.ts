import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { fileEventId, type ScanEvent } from '../../contract/events.ts'
import { VISIBLE } from './database.ts'

/** The row of those events of a group that were stored together, as it was opened. */
export const groupEventsId = (group: number) => `group:${group}`

/** The events of a row, in their order: one, or those of a group. */
export function toEvents({ body }: Record<string, SQLOutputValue>): ScanEvent[] {
  const parsed: ScanEvent | ScanEvent[] = JSON.parse(String(body))
  return Array.isArray(parsed) ? parsed : [parsed]
}

/** Finds an event of a visible scan, and the sequence number of the row that has it. */
export type FindEvent = (scanId: string, eventId: string) => { seq: number; event: ScanEvent } | undefined

export function eventFinder(db: DatabaseSync, now: () => number): FindEvent {
  const own = db.prepare(
    `SELECT seq, body FROM events WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND event_id = :id`,
  )
  const ofGroup = db.prepare(
    `SELECT seq, body FROM events
     WHERE scan_id = (SELECT scan_id ${VISIBLE}) AND event_id GLOB 'group:*' AND instr(body, :quoted) > 0`,
  )
  return (scanId, eventId) => {
    const at = { scan: scanId, now: now() }
    const quoted = JSON.stringify(eventId)
    const row = own.get({ ...at, id: eventId }) ?? (isOfFile(eventId) && ofGroup.get({ ...at, quoted }))
    if (!row) return undefined
    const event = toEvents(row).find(({ event_id }) => event_id === eventId)
    return event && { seq: Number(row.seq), event }
  }
}

const isOfFile = (eventId: string) => eventId.startsWith(fileEventId(''))
