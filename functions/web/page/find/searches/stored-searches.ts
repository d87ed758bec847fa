import type { ScanHandle } from '../../../../../shared/client/client.ts'
import { isStored, local, read, write } from '../../browser/storage.ts'
import type { Verdicts } from '../../photos/verdicts/verdicts.ts'

/** A search as the browser remembers it across reloads and closed tabs. */
export interface StoredScan extends ScanHandle {
  total_files: number
  /** The folder as the guest named it, see `drive_link` of POST /scan. */
  link?: string
  /** Milliseconds since 1970. */
  started_at: number
  ended_at?: number
  /** Photos that are shown as the guest's, once the search has ended. */
  found?: number
  /** Earlier scans of the same search: the token expired, or the guest added a face that was found. */
  previous: ScanHandle[]
  /** Photos whose faces it looks for as well, by file id. */
  also?: string[]
}

/** What POST /scan said of a scan, see `isStored`. */
export const isHandle = (value: unknown): value is ScanHandle =>
  isStored<ScanHandle>(value, { scan_id: 'string', scan_key: 'string' })

const isSearch = (value: unknown): value is StoredScan =>
  isHandle(value) &&
  isStored<StoredScan>(value, { total_files: 'number', started_at: 'number', previous: 'object' }) &&
  listOf(value.previous, isHandle).length === value.previous.length

/** What fits of a stored list. */
const listOf = <T>(value: unknown, fits: (item: unknown) => item is T): T[] =>
  Array.isArray(value) ? value.filter(fits) : []

/** A list of searches. */
export const readSearches = (key: string): StoredScan[] => listOf(read(local, key), isSearch)

function readShown(): StoredScan | undefined {
  const shown = read(local, 'scan')
  return isSearch(shown) ? shown : undefined
}

const HOUR = 3_600_000
/** Milliseconds for which the server keeps the results of a search after its end. */
export const LIFETIME = HOUR
/** The same from its start while it runs. */
const LONGEST = 7 * HOUR

/** Searches that are remembered: each is asked about every half minute. A busy booth has some 200 in an hour. */
const MAX_SEARCHES = 300

/** The end is of the server's clock, the start of the browser's, which may be ahead by more than the results are kept. */
const isKept = ({ ended_at, started_at }: StoredScan, now: number) =>
  now < (ended_at === undefined ? started_at + LONGEST : Math.max(ended_at, started_at) + LIFETIME)

/** The searches of this browser, newest first. What the server has deleted by now is forgotten here too. */
export function loadSearches(now = Date.now()): StoredScan[] {
  const all = readSearches('searches')
  const kept = all.filter((search) => isKept(search, now)).slice(0, MAX_SEARCHES)
  if (kept.length < all.length) saveSearches(kept)
  return kept
}

function saveSearches(searches: StoredScan[]): void {
  write(local, 'searches', searches.length > 0 ? searches : undefined)
}

/** The search of this id, or the one that continues it. */
export const findSearch = (scanId: string): StoredScan | undefined =>
  loadSearches().find(
    ({ scan_id, previous }) => scan_id === scanId || previous.some((scan) => scan.scan_id === scanId),
  )

export function keepSearches(searches: StoredScan[]): void {
  const ids = new Set(searches.map(({ scan_id }) => scan_id))
  const others = loadSearches().filter(({ scan_id }) => !ids.has(scan_id))
  saveSearches([...others, ...searches].toSorted((a, b) => b.started_at - a.started_at))
}

/** Changes what is known of a search, unless it has been forgotten. */
export function changeSearch(scanId: string, change: Partial<StoredScan>): void {
  const changed = (search: StoredScan) => (search.scan_id === scanId ? { ...search, ...change } : search)
  saveSearches(loadSearches().map(changed))
  const shown = readShown()
  if (shown) write(local, 'scan', changed(shown))
}

export function forgetSearches(scanIds: string[]): void {
  saveSearches(loadSearches().filter(({ scan_id }) => !scanIds.includes(scan_id)))
  if (scanIds.includes(readShown()?.scan_id ?? '')) saveShown(undefined)
  writeVerdicts(read<AllVerdicts>(local, 'verdicts') ?? {})
}

/** The search whose results are shown when the page is opened anew. */
export function loadShown(now = Date.now()): StoredScan | undefined {
  const scan = readShown()
  if (!scan) return undefined
  if (isKept(scan, now)) return scan
  saveShown(undefined)
  return undefined
}

export function saveShown(scan: StoredScan | undefined): void {
  write(local, 'scan', scan)
  if (scan) keepSearches([scan])
}

type AllVerdicts = Record<string, Verdicts>

export const loadVerdicts = (scanId: string): Verdicts => read<AllVerdicts>(local, 'verdicts')?.[scanId] ?? {}

export function saveVerdicts(scanId: string, verdicts: Verdicts): void {
  writeVerdicts({ ...read<AllVerdicts>(local, 'verdicts'), [scanId]: verdicts })
}

/** None about a search that has been forgotten. */
function writeVerdicts(all: AllVerdicts): void {
  const kept = loadSearches().flatMap(({ scan_id }) => {
    const verdicts = all[scan_id]
    return verdicts && Object.keys(verdicts).length > 0 ? [[scan_id, verdicts] as const] : []
  })
  write(local, 'verdicts', kept.length > 0 ? Object.fromEntries(kept) : undefined)
}
