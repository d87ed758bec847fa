import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findEmulators, startEmulator } from '../../functions/emulate/emulators.ts'
import type { Task } from '../../shared/contract/task.ts'
import { DEPLOYABLES, type Deployable } from './all.ts'
import { type Bundle, bundle } from './bundle.ts'
import { type FirstRequest, firstResponse, type Start } from './first-response.ts'

/** A function that does nothing, built in the same way, to compare the others with. */
const EMPTY = 'empty'

export interface Measured {
  /** Median milliseconds from the start of a process to its first response; undefined where it was not measured. */
  times: Partial<Record<Deployable | typeof EMPTY, { cached: number; uncached: number }>>
  /** Why some could not be measured. */
  missing?: string
}

const API = '/api/v1'
const json = { 'content-type': 'application/json' }
const UNKNOWN_TASK: Task = {
  scan_id: '00000000-0000-4000-8000-000000000000',
  group: 0,
  file_id: 'none',
  file_name: 'none.jpg',
  mime_type: 'image/jpeg',
}
const PUSHED = JSON.stringify({
  message: { data: Buffer.from(JSON.stringify(UNKNOWN_TASK)).toString('base64'), messageId: '1' },
  subscription: 'projects/p/subscriptions/s',
})
const push = (topic: string): FirstRequest => ({
  method: 'POST',
  path: `/projects/p/topics/${topic}`,
  headers: json,
  body: PUSHED,
})

/** A first request that does what the function is for, up to a read of the store in all but auth, scan, qr and relay. */
const REQUESTS: Record<Deployable, FirstRequest> = {
  auth: { method: 'GET', path: `${API}/auth/google/url` },
  scan: { method: 'POST', path: `${API}/target-face`, headers: json, body: '{"image":"AAAA"}' },
  results: { method: 'GET', path: `${API}/scan/none/status` },
  preview: {
    method: 'GET',
    path: `${API}/scan/none/matches/none/preview`,
    headers: { authorization: 'Bearer key' },
  },
  albums: { method: 'GET', path: `${API}/albums/none` },
  'face-match': push('face-match'),
  'face-match-dead-letter': push('face-match-dead-letter'),
  reconcile: { method: 'POST', path: `${API}/reconcile` },
  upload: {
    method: 'POST',
    path: `${API}/drive/upload-job`,
    headers: { ...json, 'x-api-key': 'key' },
    body: '{"job_id":"none"}',
  },
  sync: { method: 'POST', path: `${API}/drive/sync`, headers: { 'x-api-key': 'key' } },
  qr: { method: 'GET', path: `${API}/drive/qr?url=https%3A%2F%2Fexample.com` },
  'job-done': {
    method: 'POST',
    path: '/',
    headers: {
      'ce-id': '1',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.firestore.document.v1.written',
      'ce-source': '//firestore.googleapis.com/projects/p/databases/(default)',
      'ce-subject': 'documents/jobs/none',
      'ce-document': 'jobs/none',
      'content-type': 'application/protobuf',
    },
  },
  relay: { method: 'GET', path: '/health' },
}
const WITHOUT_STORE: Deployable[] = ['auth', 'qr', 'relay']

/**
 * Starts every deployable and an empty function `runs` times in turns, with V8's compiled code and without. The first
 * start of each is not counted: it stores the code. Those that read Firestore need its emulator. `onRound` is called before
 * each turn.
 */
export async function measureStarts(
  dist: string,
  runs: number,
  onRound: (round: number) => void,
): Promise<Measured> {
  const found = await findEmulators().catch((error: Error) => error)
  const emulator = found instanceof Error ? undefined : await startEmulator('firestore', found)
  const dataDir = await mkdtemp(join(tmpdir(), 'face-recon-build-'))
  const emptyDir = join(dist, EMPTY)
  try {
    await bundle({ name: EMPTY, entry: 'infra/build/empty-function.ts', outDir: emptyDir })
    const env = environment(dataDir, emulator?.host)
    const names = DEPLOYABLES.filter((name) => emulator || WITHOUT_STORE.includes(name))
    const starts: Start[] = [
      { name: EMPTY, dir: emptyDir, request: { method: 'GET', path: '/' }, env },
      ...names.map((name) => ({ name, dir: join(dist, name), request: REQUESTS[name], env })),
    ]
    const samples = new Map(
      starts.map((start) => [start, { cached: [] as number[], uncached: [] as number[] }]),
    )
    for (const start of starts) await firstResponse({ ...start, keepCode: true })
    for (let run = 0; run < runs; run++) {
      onRound(run + 1)
      for (const [start, { cached, uncached }] of samples) {
        cached.push(await firstResponse(start))
        uncached.push(await firstResponse({ ...start, env: { ...env, NODE_DISABLE_COMPILE_CACHE: '1' } }))
      }
    }
    const times = Object.fromEntries(
      [...samples].map(([{ name }, { cached, uncached }]) => [
        name,
        { cached: median(cached), uncached: median(uncached) },
      ]),
    )
    return { times, ...(found instanceof Error && { missing: found.message }) }
  } finally {
    await emulator?.stop()
    await rm(dataDir, { recursive: true, force: true })
    await rm(emptyDir, { recursive: true, force: true })
  }
}

function environment(dataDir: string, firestore: string | undefined): Record<string, string> {
  return {
    PLATFORM: 'cloud',
    GOOGLE_CLOUD_PROJECT: 'demo-build',
    FIRESTORE_EMULATOR_HOST: firestore ?? '127.0.0.1:1',
    PUBSUB_EMULATOR_HOST: '127.0.0.1:1',
    METADATA_SERVER_DETECTION: 'none',
    TOKEN_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: dataDir,
    API_BASE_URL: 'http://localhost:8000/api/v1',
    API_KEYS: 'key',
    GOOGLE_CLIENT_ID: 'id',
    GOOGLE_CLIENT_SECRET: 'secret',
    GOOGLE_REFRESH_TOKEN: 'token',
    GOOGLE_REDIRECT_URI: 'http://localhost:8000/',
  }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number

/** Prints to standard output. */
export function printTable(bundles: Record<Deployable, Bundle>, measured: Measured | undefined): void {
  const empty = measured?.times[EMPTY]
  const row = (cells: string[]) => {
    const [name = '', ...numbers] = cells
    console.log([name.padEnd(24), ...numbers.map((cell) => cell.padStart(12))].join(''))
  }
  const compared = (ms: number | undefined, base: number | undefined) =>
    ms === undefined || base === undefined ? ['–', ''] : [`${ms.toFixed(0)} ms`, (ms / base).toFixed(2)]
  row(['', 'bundle', 'first reply', '× empty', 'uncached', '× empty'])
  const cells = (name: Deployable | typeof EMPTY) => {
    const time = measured?.times[name]
    return [...compared(time?.cached, empty?.cached), ...compared(time?.uncached, empty?.uncached)]
  }
  if (empty) row([EMPTY, '', ...cells(EMPTY)])
  for (const name of DEPLOYABLES) row([name, `${Math.round(bundles[name].size / 1000)} kB`, ...cells(name)])
  if (measured?.missing) console.log(`Not measured on Firestore: ${measured.missing}`)
}
