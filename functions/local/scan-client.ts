import { on } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import WebSocket from 'ws'
import { ErrorResponse } from '../../shared/contract/error.ts'
import { ScanEvent } from '../../shared/contract/events.ts'
import { ScanStatus, StartScanResponse } from '../../shared/contract/scan.ts'
import { AppError } from '../../shared/errors.ts'

type Scan = Pick<StartScanResponse, 'scan_id' | 'scan_key'>

/** Milliseconds. The server pings every 25 s: a link silent for much longer is dead. */
const SILENCE = 60_000
const FIRST_RETRY = 250
const LONGEST_RETRY = 5_000
/** A server that does not come back for this long is given up. */
const PATIENCE = 120_000

/** POST /scan. Throws the server's answer as AppError. `api` is the address up to and including the base path. */
export async function postScan(
  api: string,
  request: { drive_link: string; target_face: string; access_token: string; recursive: boolean },
): Promise<StartScanResponse> {
  const response = await fetch(`${api}/scan`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  }).catch((cause: unknown) => {
    throw new Error(`The server at ${api} does not answer.`, { cause })
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return StartScanResponse.parse(body)
  const answer = ErrorResponse.safeParse(body)
  if (answer.success) throw new AppError(answer.data.error.code, answer.data.error.message)
  throw new Error(`The server answered ${response.status}.`)
}

export async function deleteScan(api: string, { scan_id, scan_key }: Scan): Promise<void> {
  await fetch(`${api}/scan/${scan_id}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${scan_key}` },
  })
}

/**
 * Every event of the scan once, from `started` to its end. A lost connection is taken up again behind the last event
 * seen; throws when the server stays away or no longer knows the scan.
 */
export async function* scanEvents(api: string, scan: Scan, signal: AbortSignal): AsyncGenerator<ScanEvent> {
  const seen = new Set<string>()
  let after = ''
  let lostAt = Date.now()
  for (let retry = FIRST_RETRY; ; retry = Math.min(2 * retry, LONGEST_RETRY)) {
    for await (const message of connection(api, scan, after, signal)) {
      const event = ScanEvent.parse(JSON.parse(message))
      retry = FIRST_RETRY
      lostAt = Date.now()
      after = event.event_id
      if (seen.has(after)) continue
      seen.add(after)
      yield event
      if (event.type === 'completed' || event.type === 'token_expired') return
    }
    if (await isGone(api, scan)) throw new Error('The scan was stopped and erased.')
    if (Date.now() - lostAt > PATIENCE) throw new Error(`The server at ${api} is gone.`)
    await wait(retry, undefined, { signal })
  }
}

/** Messages until the connection ends, for whatever reason. */
async function* connection(
  api: string,
  { scan_id, scan_key }: Scan,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const query = new URLSearchParams({ scan_id, key: scan_key, after })
  const socket = new WebSocket(`${api.replace(/^http/, 'ws')}/ws/updates?${query}`)
  const silence = setTimeout(() => socket.terminate(), SILENCE)
  socket.on('ping', () => silence.refresh())
  try {
    for await (const [data] of on(socket, 'message', { close: ['close'], signal })) {
      silence.refresh()
      yield String(data)
    }
  } catch (error) {
    if (signal.aborted) throw error
  } finally {
    clearTimeout(silence)
    // A socket that is closed before it was open says so with an error that nobody waits for any more.
    socket.on('error', () => {})
    socket.terminate()
  }
}

async function isGone(api: string, { scan_id }: Scan): Promise<boolean> {
  try {
    const response = await fetch(`${api}/scan/${scan_id}/status`)
    return response.ok && ScanStatus.parse(await response.json()).status === 'unknown'
  } catch {
    return false
  }
}
