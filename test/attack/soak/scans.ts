import { setTimeout as sleep } from 'node:timers/promises'
import type { ScanEvent } from '../../../shared/contract/events.ts'
import type { MatchesResponse, StartScanResponse } from '../../../shared/contract/scan.ts'
import { apiOf, isEnd } from '../../end-to-end/api.ts'
import { call, count, expectThat, insist, type Load } from './load.ts'

/** Starts one scan after the other, follows each to its end through every restart, and compares what the API tells of it. */
export async function scanAgain(load: Load, selfies: readonly string[], seed: number): Promise<void> {
  for (let round = seed; !load.over; round++) {
    const started = await start(load, selfies[round % selfies.length] ?? '', round % 4 === 0)
    if (!started) continue
    // One in three is deleted while it runs.
    if (round % 3 === 0) {
      await sleep(200 * (round % 7))
      await erase(load, started)
      continue
    }
    const events = await follow(load, started)
    if (!events) continue
    check(load, started, events)
    await compare(load, started, events)
    if (round % 3 === 1) await erase(load, started)
  }
}

async function start(
  load: Load,
  target_face: string,
  suggestions: boolean,
): Promise<StartScanResponse | undefined> {
  const body = JSON.stringify({
    drive_link: 'local:/',
    target_face,
    access_token: 'token',
    recursive: true,
    ...(suggestions ? { suggestions } : {}),
  })
  const reply = await call(load, 'POST', '/scan', { body })
  if (reply?.status === 200) {
    count(load, 'scans accepted')
    return JSON.parse(reply.text)
  }
  await sleep(1_000)
  return undefined
}

/** All events of a scan, in the order of their arrival, over as many sockets as it takes. */
async function follow(
  load: Load,
  { scan_id, scan_key }: StartScanResponse,
): Promise<ScanEvent[] | undefined> {
  const api = apiOf(load.server.url)
  const seen: ScanEvent[] = []
  for (let attempt = 0; attempt < 300; attempt++) {
    const after = encodeURIComponent(seen.at(-1)?.event_id ?? '')
    const socket = await api.updates(`?scan_id=${scan_id}&after=${after}`, scan_key).catch(() => undefined)
    if (socket) {
      count(load, 'sockets of scans')
      await socket.until(isEnd).catch(() => {})
      socket.close()
      seen.push(...socket.events)
      if (seen.some(isEnd)) return seen
    }
    await sleep(1_000)
  }
  expectThat(load, false, `scan ${scan_id} did not end in 300 attempts`)
  return undefined
}

function check(load: Load, { scan_id, total_files }: StartScanResponse, events: ScanEvent[]): void {
  const ids = events.map((event) => event.event_id)
  const files = ids.filter((id) => id.startsWith('file:'))
  expectThat(load, new Set(ids).size === ids.length, `scan ${scan_id}: an event came twice`)
  expectThat(load, files.length === total_files, `scan ${scan_id}: ${files.length} of ${total_files} files`)
  expectThat(load, events.filter(isEnd).length === 1, `scan ${scan_id}: not exactly one end`)
  expectThat(load, events.at(-1)?.type === 'completed', `scan ${scan_id} ended as ${events.at(-1)?.type}`)
  load.counts.set('files of ended scans', (load.counts.get('files of ended scans') ?? 0) + total_files)
  count(load, 'scans followed to their end')
}

/** What status and matches say is what the events said, and a second replay is the first. */
async function compare(load: Load, started: StartScanResponse, events: ScanEvent[]): Promise<void> {
  const { scan_id, scan_key: key } = started
  const status = await insist(load, 'GET', `/scan/${scan_id}/status`)
  const expected = JSON.stringify({ scan_id, status: 'completed', remaining: 0 })
  expectThat(load, status.text === expected, `scan ${scan_id}: its status is ${status.text}`)
  const matches: MatchesResponse = JSON.parse(
    (await insist(load, 'GET', `/scan/${scan_id}/matches`, { key })).text,
  )
  const found = events.flatMap((event) => (event.type === 'match' ? [event.file_id] : [])).sort()
  const listed = matches.matches.map((match) => match.file_id).sort()
  expectThat(
    load,
    found.join() === listed.join(),
    `scan ${scan_id}: ${found.length} matches, ${listed.length} listed`,
  )
  const [first] = matches.matches
  if (first) {
    await insist(load, 'GET', `/scan/${scan_id}/matches/${first.file_id}/thumbnail`, { key })
    await insist(load, 'GET', first.download_url.slice(first.download_url.indexOf('/api/v1') + 7))
  }
}

async function erase(load: Load, { scan_id, scan_key: key }: StartScanResponse): Promise<void> {
  const reply = await insist(load, 'DELETE', `/scan/${scan_id}`, { key })
  // Not found where the one that erased it was cut off by a kill after it had.
  expectThat(load, [204, 404].includes(reply.status), `DELETE of ${scan_id} answered ${reply.status}`)
  const status = await insist(load, 'GET', `/scan/${scan_id}/status`)
  expectThat(load, JSON.parse(status.text).status === 'unknown', `erased scan ${scan_id}: ${status.text}`)
  const matches = await insist(load, 'GET', `/scan/${scan_id}/matches`, { key })
  expectThat(load, matches.status === 404, `matches of erased ${scan_id} answered ${matches.status}`)
  count(load, 'scans deleted')
}
