import type { EmulatedCloud } from '../../../functions/emulate/cloud.ts'
import { apiOf, isEnd } from '../../end-to-end/api.ts'
import { check } from '../measure.ts'
import { matchCount } from '../scan-server.ts'
import type { countOperations, OperationKind } from './firestore-operations.ts'
import { between, type ProcessorTime, processorTime } from './processor-time.ts'

export interface Scans {
  /** One scan each, all at once. */
  links: string[]
  /** Files of all together. */
  count: number
  /** Base64. */
  selfie: string
  /** Whether the person of the selfie is among those that the engine finds. */
  findsMatches: boolean
}

export interface Measured {
  scans: number
  files: number
  seconds: number
  /** Until the first scan ended. */
  firstSeconds: number
  time: ProcessorTime
  /** Seconds during which each instance had a request. */
  busySeconds: number[]
  pushes: { delivered: number; refused: number; failed: number; backoffMs: number }
  operations: Record<OperationKind, number>
  /** Documents that are there now and were not before. */
  stored: number
  /** Milliseconds from the time of an event to its arrival, sorted. */
  delays: number[]
}

/** Runs scans with a socket each until all have ended. Throws where an event is missing, repeated or an error. */
export async function measureScans(
  cloud: EmulatedCloud,
  counting: Awaited<ReturnType<typeof countOperations>>,
  { links, count, selfie, findsMatches }: Scans,
): Promise<Measured> {
  const api = apiOf(cloud.url)
  const faceMatch = cloud.instances['face-match']
  const state = () => ({
    time: processorTime(),
    busySeconds: faceMatch.busySeconds(),
    pushes: { ...cloud.pushes.task },
    operations: { ...counting.operations },
    stored: counting.stored.size,
  })
  const before = state()
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const results = await Promise.all(
    links.map(async (drive_link) => {
      const { scan_id, scan_key, total_files } = await api.scan({ drive_link, target_face: selfie })
      const socket = await api.updates(`?scan_id=${scan_id}&after=&key=${scan_key}`)
      const delays: number[] = []
      socket.socket.on('message', (data) => delays.push(Date.now() - Date.parse(JSON.parse(String(data)).at)))
      await socket.until(isEnd)
      socket.close()
      return { events: socket.events, total_files, delays, seconds: seconds() }
    }),
  )
  const all = seconds()
  const after = state()
  for (const { events, total_files } of results) {
    check(new Set(events.map((event) => event.event_id)).size === total_files + 2, 'every file has one event')
    check(events.filter(isEnd).length === 1, 'the scan ends exactly once')
    check(!events.some(({ type }) => type === 'error'), 'no file is an error')
  }
  const matches = results.reduce((sum, { events }) => sum + matchCount(events), 0)
  check(matches > 0 === findsMatches, 'the person of the selfie is found')
  const files = results.reduce((sum, { total_files }) => sum + total_files, 0)
  check(files === count, 'all photos are scanned')
  check(cloud.pushes.dead.delivered === 0, 'no file is a dead letter')
  return {
    scans: links.length,
    files,
    seconds: all,
    firstSeconds: Math.min(...results.map((result) => result.seconds)),
    time: between(before.time, after.time),
    busySeconds: after.busySeconds.map((busy, index) => busy - (before.busySeconds[index] ?? 0)),
    pushes: difference(before.pushes, after.pushes),
    operations: difference(before.operations, after.operations),
    stored: after.stored - before.stored,
    delays: results.flatMap((result) => result.delays).toSorted((a, b) => a - b),
  }
}

function difference<Name extends string>(
  from: Record<Name, number>,
  to: Record<Name, number>,
): Record<Name, number> {
  const names = Object.keys(to) as Name[]
  return Object.fromEntries(names.map((name) => [name, to[name] - from[name]])) as Record<Name, number>
}
