import { link, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import {
  END,
  type FileEvent,
  fileEventId,
  type SuggestionEvent,
  type Unstored,
} from '../../../shared/contract/events.ts'
import { directoryDownloadUrl } from '../../../shared/drive/directory/download-url.ts'
import { idOfPath } from '../../../shared/drive/ids.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { newScanKey } from '../../../shared/scan/secrets/scan-key.ts'
import { GROUP_SIZE, type ScanStore } from '../../../shared/store/port.ts'
import { inGroups, newScan, started, suggestion } from '../../shared/store/samples.ts'
import { signature, TEST_KEY } from '../../signature.ts'

const HOUR = 3_600_000

export function startPageServer(
  dataDir: string,
  photosDir: string,
  port = '0',
  env: Record<string, string> = {},
): Promise<LocalServer> {
  const config = parseConfig({
    DATA_DIR: dataDir,
    PORT: port,
    MATCH_CONCURRENCY: '1',
    TOKEN_ENCRYPTION_KEY: TEST_KEY,
    ...env,
  })
  return startServer(config, { log: createLog('silent'), photosDir })
}

/** Photos `0.jpg`, `1.jpg` and so on in `dir`, all of the same noise. */
export async function noisePhotos(dir: string, count: number): Promise<void> {
  await mkdir(dir)
  const pixels = { width: 400, height: 300, channels: 3 as const, background: '#808080' }
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 }
  const first = join(dir, '0.jpg')
  await sharp({ create: { ...pixels, noise } })
    .jpeg()
    .toFile(first)
  await Promise.all(
    Array.from({ length: count - 1 }, (_, index) => link(first, join(dir, `${index + 1}.jpg`))),
  )
}

/** Opens the page in a browser that has started the scan. */
export async function followScan(page: Page, url: string, scan: TestScan): Promise<void> {
  await page.goto(`${url}/icon.svg`)
  await page.evaluate((stored) => localStorage.setItem('scan', stored), JSON.stringify(scan))
  await page.goto(url)
}

/**
 * Resolves when the engine has started. The worker then takes up every scan that it finds, so `beginScan` has to come
 * later.
 */
export async function engineStarted({ url }: Pick<LocalServer, 'url'>): Promise<void> {
  const grey = sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
  const image = (await grey.jpeg().toBuffer()).toString('base64')
  const response = await fetch(`${url}/api/v1/target-face`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ image }),
  })
  if (!response.ok) throw new Error(`the engine responded with ${response.status}`)
}

/** A scan as the page stores it. */
export interface TestScan {
  scan_id: string
  scan_key: string
  total_files: number
  started_at: number
  previous: Pick<TestScan, 'scan_id' | 'scan_key'>[]
}

/** Creates a scan of `0.jpg`, `1.jpg` and so on, the first few under other names, that no worker takes up once the engine has started: its events come when a test stores them. */
export async function beginScan(
  scans: ScanStore,
  totalFiles: number,
  names: string[] = [],
): Promise<TestScan> {
  const { key, hash } = newScanKey()
  const now = Date.now()
  const scan = { ...newScan(now, totalFiles), key_hash: hash }
  const files = Array.from({ length: totalFiles }, (_, index) => {
    const name = names[index] ?? `${index}.jpg`
    return { id: idOfPath(name), name, mime_type: 'image/jpeg' }
  })
  await scans.create(scan, inGroups(files), started(scan))
  return { scan_id: scan.scan_id, scan_key: key, total_files: totalFiles, started_at: now, previous: [] }
}

/** The outcome of one file, which is named by its path in the photos' directory. */
type Outcome = { file: string } & (
  | { distance: number }
  | { status: 'no_match' | 'no_face_found' }
  | { error: string }
)

/** Stores the outcomes as the events of the files from number `first` on. */
export async function store(
  server: Pick<LocalServer, 'url' | 'store'>,
  scan: TestScan,
  first: number,
  outcomes: Outcome[],
): Promise<void> {
  const groups = Map.groupBy(outcomes, (outcome) =>
    Math.floor((first + outcomes.indexOf(outcome)) / GROUP_SIZE),
  )
  for (const [group, members] of groups) {
    const events = members.map((outcome) => toEvent(server.url, scan, outcome))
    await server.store.scans.append(scan.scan_id, group, events)
  }
}

/** Stores thumbnails of 32 × 24 pixels, which tells them from the photos themselves. */
export async function storeThumbnails({ store }: Pick<LocalServer, 'store'>, files: string[]): Promise<void> {
  const grey = sharp({ create: { width: 32, height: 24, channels: 3, background: '#888' } })
  const thumbnail = await grey.jpeg().toBuffer()
  const about = { md5: 'md5', engine_id: 'engine', folder_id: 'folder', width: 400, height: 300, faces: [] }
  for (const file of files) {
    await store.faces.put({ ...about, file_id: idOfPath(file), thumbnail, expire_at: Date.now() + HOUR })
  }
}

/** Stores what a second look suggests about files that have their events. */
export async function suggest(
  { url, store }: Pick<LocalServer, 'url' | 'store'>,
  { scan_id }: TestScan,
  suggestions: { file: string; certainty: SuggestionEvent['certainty'] }[],
): Promise<void> {
  const events = suggestions.map(({ file, certainty }): Unstored<SuggestionEvent> => {
    const file_id = idOfPath(file)
    return {
      ...suggestion(scan_id, file_id),
      file_name: file,
      download_url: downloadUrl(url, file_id),
      certainty,
      box: { x: 220, y: 60, width: 80, height: 100 },
    }
  })
  await store.scans.appendSuggestions(scan_id, events)
}

const downloadUrl = (url: string, id: string) =>
  directoryDownloadUrl({ apiBaseUrl: `${url}/api/v1` }, signature)({ id })

function toEvent(url: string, { scan_id }: TestScan, outcome: Outcome): Unstored<FileEvent> {
  const file_id = idOfPath(outcome.file)
  const about = { scan_id, event_id: fileEventId(file_id), file_id, file_name: outcome.file }
  if ('status' in outcome) return { type: 'progress', ...about, status: outcome.status }
  if ('error' in outcome) return { type: 'error', ...about, error: outcome.error, code: 'not_an_image' }
  return {
    type: 'match',
    ...about,
    status: 'match',
    download_url: downloadUrl(url, file_id),
    distance: outcome.distance,
    certainty: outcome.distance < 0.4 ? 'sure' : 'likely',
    box: { x: 220, y: 60, width: 80, height: 100 },
    image: { width: 400, height: 300 },
  }
}

export async function endScan(
  { store }: Pick<LocalServer, 'store'>,
  { scan_id }: TestScan,
  type: 'completed' | 'token_expired' = 'completed',
): Promise<void> {
  const about = { scan_id, event_id: END }
  const event =
    type === 'completed'
      ? ({ type, ...about } as const)
      : ({ type, ...about, message: 'Please re-authenticate.' } as const)
  await store.scans.end(scan_id, event, Date.now() + HOUR)
}
