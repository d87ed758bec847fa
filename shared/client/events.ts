import type { EndEvent, MatchEvent, ScanEvent, SuggestionEvent } from '../contract/events.ts'
import type { ScanStatus } from '../contract/scan.ts'
import { updatesProtocols } from '../contract/updates-protocol.ts'
import { ApiError } from './error.ts'
import { backoff, isTemporary } from './retry.ts'
import { updatesSocket } from './socket.ts'

/** The socket is open; was lost and is being reopened; or does not work, so the scan is polled. */
export type Connection = 'open' | 'lost' | 'polling'

export interface EventsOptions {
  /** `event_id` of the last event seen; by default all events are returned. */
  after?: string
  signal?: AbortSignal
  onConnection?: (state: Connection) => void
  /** Called with the scan's status whenever it was fetched because the socket was silent. */
  onStatus?: (status: ScanStatus) => void
}

export interface EventsDeps {
  updatesUrl: string
  status(scanId: string, options: { signal?: AbortSignal }): Promise<ScanStatus>
  findings(scan: Handle, options: { signal?: AbortSignal }): AsyncIterable<MatchEvent | SuggestionEvent>
}

type Handle = { scan_id: string; scan_key: string }
type Running = Extract<ScanStatus, { remaining: number }>

/** Milliseconds without an event before the scan's status is fetched to check whether the socket still works. */
const SILENCE_TIMEOUT = 30_000

/** Consecutive sockets without an event before the scan is polled. */
const MAX_SILENT_SOCKETS = 3

/**
 * The events of a scan until its end, each once. A lost socket is reopened after the last event. If none can be
 * opened, or each closes without an event, status, matches and suggestions are polled and the end event is made from the status;
 * progress and error events are then missing. Temporary errors are retried. Rejects with ApiError `scan_not_found` if
 * the scan no longer exists, `forbidden` for a wrong key, and with the signal's reason.
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

  /** One socket's events, until it is lost or stays silent while the scan progresses. */
  async function* listen(): AsyncGenerator<ScanEvent, 'never opened' | 'lost', undefined> {
    const socket = updatesSocket<ScanEvent>(
      `${deps.updatesUrl}?${new URLSearchParams({ scan_id: scan.scan_id, after: last })}`,
      updatesProtocols(scan.scan_key),
      signal,
    )
    let opened = false
    let asked: number | undefined
    try {
      for (;;) {
        const news = await socket.next(SILENCE_TIMEOUT)
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
    for await (const event of deps.findings(scan, call)) if (isNew(event)) yield event
    if (status.status !== 'running') yield endOf(status)
  }

  /** Opens a socket, or polls once if that fails. */
  async function* attempt(): AsyncGenerator<ScanEvent, void, undefined> {
    try {
      const outcome = yield* listen()
      const polls = outcome === 'never opened' || failures + 1 >= MAX_SILENT_SOCKETS
      onConnection?.(polls ? 'polling' : 'lost')
      if (polls) yield* poll()
    } catch (error) {
      if (!isTemporary(error)) throw error
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

/** The end event of a scan that, by its status, has ended. */
function endOf({ scan_id, status, stopped }: Running): EndEvent {
  const about = { scan_id, event_id: 'end', at: new Date().toISOString() }
  if (status === 'completed') return { type: 'completed', ...about, ...(stopped && { stopped }) }
  return { type: 'token_expired', ...about, message: 'Google token expired. Please sign in again.' }
}

function gone(): ApiError {
  return new ApiError('scan_not_found', 'No such scan, or it ended more than an hour ago.')
}
