import type { EndEvent, MatchEvent, ScanEvent } from '../contract/events.ts'
import type { ScanStatus } from '../contract/scan.ts'
import { ApiError } from './error.ts'
import { backoff, mayPass } from './retry.ts'
import { updatesSocket } from './socket.ts'

/** The socket is open; it was lost and is opened again; none can be opened for long enough, so the scan is polled. */
export type Connection = 'open' | 'lost' | 'polling'

export interface EventsOptions {
  /** `event_id` of the last event seen; by default the events come from the start. */
  after?: string
  signal?: AbortSignal
  onConnection?: (state: Connection) => void
  /** The scan's status, whenever it had to be asked for because no socket told. */
  onStatus?: (status: ScanStatus) => void
}

export interface EventsDeps {
  updatesUrl: string
  status(scanId: string, options: { signal?: AbortSignal }): Promise<ScanStatus>
  matches(scan: Handle, options: { signal?: AbortSignal }): AsyncIterable<MatchEvent>
}

type Handle = { scan_id: string; scan_key: string }
type Running = Extract<ScanStatus, { remaining: number }>

/** Milliseconds without an event after which the scan is asked whether the socket is still alive. */
const SILENCE = 30_000

/** Sockets that told nothing, one after the other, after which they count as if none could be opened. */
const MOST_SILENT = 3

/**
 * The events of a scan until its end, each once. A lost socket is opened again behind the last event; where none can
 * be opened, or each closes before it tells anything, status and matches are polled and the end is made up from the
 * status: then progress and error events are missing. Where no answer comes, or one that the server cannot answer for
 * now, it is asked again. Rejects with ApiError `scan_not_found` when the scan is gone, `forbidden` for a wrong key,
 * and with the signal's reason.
 */
export async function* scanEvents(
  scan: Handle,
  { after = '', signal, onConnection, onStatus }: EventsOptions,
  deps: EventsDeps,
): AsyncGenerator<ScanEvent, void, undefined> {
  const call = signal ? { signal } : {}
  const seen = new Set<string>()
  let last = after
  let failures = 0

  const isNew = ({ event_id: id }: ScanEvent) => !seen.has(id) && Boolean(seen.add(id))

  async function ask(): Promise<Running> {
    const status = await deps.status(scan.scan_id, call)
    if (status.status === 'unknown') throw gone()
    onStatus?.(status)
    return status
  }

  /** One socket's events, until it is lost or has told nothing although the scan went on. */
  async function* listen(): AsyncGenerator<ScanEvent, 'never opened' | 'lost', undefined> {
    const socket = updatesSocket(socketUrl(deps.updatesUrl, scan, last), signal)
    let opened = false
    let asked: number | undefined
    try {
      for (;;) {
        const news = await socket.next(SILENCE)
        signal?.throwIfAborted()
        if (news === 'erased') throw gone()
        if (news === 'closed') return opened ? 'lost' : 'never opened'
        if (news === 'open') {
          opened = true
          onConnection?.('open')
        } else if (news === 'silence') {
          const { status, remaining } = await ask()
          if (status !== 'running' || (asked !== undefined && remaining !== asked)) return 'lost'
          asked = remaining
        } else {
          failures = 0
          asked = undefined
          last = news.event_id
          if (isNew(news)) yield news
        }
      }
    } finally {
      socket.close()
    }
  }

  async function* poll(): AsyncGenerator<ScanEvent, void, undefined> {
    const status = await ask()
    for await (const match of deps.matches(scan, call)) if (isNew(match)) yield match
    if (status.status !== 'running') yield endOf(status)
  }

  /** Opens a socket, or polls once where none opens. */
  async function* attempt(): AsyncGenerator<ScanEvent, void, undefined> {
    try {
      const outcome = yield* listen()
      const polls = outcome === 'never opened' || failures + 1 >= MOST_SILENT
      onConnection?.(polls ? 'polling' : 'lost')
      if (polls) yield* poll()
    } catch (error) {
      if (!mayPass(error)) throw error
      onConnection?.('lost')
    }
  }

  for (;;) {
    signal?.throwIfAborted()
    for await (const event of attempt()) {
      yield event
      if (event.type === 'completed' || event.type === 'token_expired') return
    }
    await backoff(failures++, signal)
  }
}

function socketUrl(updatesUrl: string, { scan_id, scan_key }: Handle, after: string): string {
  return `${updatesUrl}?${new URLSearchParams({ scan_id, after, key: scan_key })}`
}

/** The end as an event, for a reader who learned it from the status. */
function endOf({ scan_id, status }: Running): EndEvent {
  const about = { scan_id, event_id: 'end', at: new Date().toISOString() }
  if (status === 'completed') return { type: 'completed', ...about }
  return { type: 'token_expired', ...about, message: 'Google token expired. Please sign in again.' }
}

function gone(): ApiError {
  return new ApiError('scan_not_found', 'No such scan, or it ended more than an hour ago.')
}
