import { useEffect, useRef, useState } from 'preact/hooks'
import type { Client, ScanHandle } from '../../../../shared/client/client.ts'
import type { Connection } from '../../../../shared/client/events.ts'
import type { ScanEvent } from '../../../../shared/contract/events.ts'
import { useApp } from '../app-context.ts'
import { keepResults } from '../browser/offline.ts'
import { errorText, hasCode } from '../error-text.ts'
import { allMatches } from '../photos/all-matches.ts'
import { type Photo, toPhoto } from '../photos/photo.ts'
import { type Findings, noFindings, withEvents } from './results/findings.ts'
import { eventsPerFrame } from './results/per-frame.ts'
import { changeSearch, findSearch, forgetSearches, type StoredScan } from './searches/stored-searches.ts'

export interface ScanView {
  findings: Findings
  connection: Connection | undefined
  /** Number of connections opened so far. */
  connections: number
  /** The server no longer knows the scan. */
  gone: boolean
  problem: string | undefined
}

/**
 * Follows a scan to its end, reconnecting when the connection is lost. Starts from the first event, so that a reload
 * shows everything again.
 */
export function useScan(scan: StoredScan): ScanView {
  const { client } = useApp()
  const [findings, setFindings] = useState(() => noFindings(scan.total_files))
  const [connection, setConnection] = useState<Connection>()
  const [connections, setConnections] = useState(0)
  const [gone, setGone] = useState(false)
  const [problem, setProblem] = useState<string>()
  const shown = useRef(findings)
  shown.current = findings

  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    const frames = eventsPerFrame((events) => setFindings((now) => withEvents(now, events, scan)), signal)

    async function follow() {
      const known = shown.current.photos
      // Those about matches are for the scan to make anew.
      const maybe = shown.current.suggestions.filter(({ certainty }) => certainty === 'possible')
      // Immediately, so that the end of the previous scan does not offer another restart.
      setFindings(noFindings(scan.total_files, known, maybe))
      if (known.length === 0) {
        const earlier = await earlierPhotos(scan.previous, client, signal, () => setConnection('lost'))
        setFindings(noFindings(scan.total_files, earlier, maybe))
      }
      for await (const event of client.events(scan, {
        signal,
        onConnection(state) {
          setConnection(state)
          if (state === 'open') setConnections((count) => count + 1)
        },
        onStatus: (status) => {
          if ('remaining' in status) frames.flush(() => setFindings((now) => polled(now, status.remaining)))
        },
      })) {
        frames.add(event)
        if (!isEnd(event)) continue
        const at = Date.parse(event.at)
        changeSearch(scan.scan_id, { ended_at: Math.min(scan.ended_at ?? at, at) })
        frames.flush(() => void keepResults(scan, client).catch(() => {}))
      }
    }

    // Where storage is full, it was never there.
    const wasStored = findSearch(scan.scan_id) !== undefined
    // Another tab has deleted it.
    const stored = () => {
      if (wasStored && !findSearch(scan.scan_id)) setGone(true)
    }
    addEventListener('storage', stored, { signal })

    follow().catch((error: unknown) => {
      if (signal.aborted) return
      if (hasCode(error, 'scan_not_found')) {
        forgetSearches([scan.scan_id])
        setGone(true)
      } else setProblem(errorText(error))
    })
    return () => abort.abort()
  }, [scan, client])

  return { findings, connection, connections, gone, problem }
}

const isEnd = ({ type }: ScanEvent) => type === 'completed' || type === 'token_expired'

/** Without a WebSocket, only matches arrive as events; the progress comes from the scan's status. */
function polled(findings: Findings, remaining: number): Findings {
  return { ...findings, polled: findings.total - remaining }
}

/** The photos that the search found before its token expired, if the server still has them. */
async function earlierPhotos(
  scans: ScanHandle[],
  client: Client,
  signal: AbortSignal,
  onLost: () => void,
): Promise<Photo[]> {
  const photos = new Map<string, Photo>()
  for (const scan of scans) {
    for (const match of await allMatches(scan, client, signal, onLost)) {
      photos.set(match.file_id, toPhoto(match, scan))
    }
  }
  return [...photos.values()]
}
