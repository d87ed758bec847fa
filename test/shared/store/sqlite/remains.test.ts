import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { localQueue } from '../../../../shared/queue/sqlite/queue.ts'
import type { NewScan, Store } from '../../../../shared/store/port.ts'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import {
  completed,
  driveFiles,
  HOUR,
  indexedPhoto,
  inGroups,
  match,
  newScan,
  progress,
  started,
} from '../samples.ts'

const base = await temporaryDir()
let dirs = 0
let dir: string
let now: number
let store: Store
let queue: ReturnType<typeof localQueue>

beforeEach(() => {
  dir = join(base, String(dirs++))
  now = Date.now()
  const db = openDatabase(dir)
  store = sqliteStore(db, { now: () => now })
  queue = localQueue(db)
})
afterEach(() => store.close())

/** Which of these are anywhere in the files of the data directory. */
function found(secrets: Record<string, string | Uint8Array>): string[] {
  const files = readdirSync(dir).map((name) => readFileSync(join(dir, name)))
  return Object.keys(secrets).filter((name) =>
    files.some((bytes) => bytes.includes(Buffer.from(secrets[name] ?? ''))),
  )
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** A scan with an event of each kind, and its secrets. */
async function scanned() {
  const token = 'k1:the-encrypted-token'
  const scan: NewScan = { ...newScan(now, 150), access_token: token }
  const files = driveFiles(150).map((file) => ({ ...file, name: `Secret ${file.id}.jpg` }))
  await store.scans.create(scan, inGroups(files), started(scan))
  const known = [{ ...progress(scan.scan_id, 'known'), file_name: 'Known.jpg' }]
  await store.scans.open(scan.scan_id, 0, { window: 1, waiting: [], look_up: false }, known)
  await store.scans.append(scan.scan_id, 1, [{ ...match(scan.scan_id, 'found'), file_name: 'Found.jpg' }])
  const task = { ...{ file_id: 'task', file_name: 'Queued.jpg', mime_type: 'image/jpeg' }, group: 0 }
  await queue.publish([{ ...task, scan_id: scan.scan_id }])
  return {
    scan,
    secrets: { token, targets: bytesOf(scan.targets) },
    names: { listed: 'Secret file-7.jpg', known: 'Known.jpg', found: 'Found.jpg', queued: 'Queued.jpg' },
  }
}

test('of a scan that has ended, neither the token nor the descriptors of the selfie', async () => {
  const { scan, secrets, names } = await scanned()
  expect(found({ ...secrets, ...names })).toEqual(['token', 'targets', ...Object.keys(names)])
  await store.scans.end(scan.scan_id, completed(scan.scan_id), now + HOUR)
  expect(found(secrets)).toEqual([])
})

test('of a scan that was erased, nothing', async () => {
  const { scan, secrets, names } = await scanned()
  await store.scans.erase(scan.scan_id)
  await queue.purge(scan.scan_id)
  expect(found({ ...secrets, ...names, id: scan.scan_id })).toEqual([])
})

test('of a scan that has expired, nothing after the sweep', async () => {
  const { scan, secrets, names } = await scanned()
  await queue.purge(scan.scan_id)
  now = scan.expire_at
  expect(await store.scans.sweep()).toBe(1)
  expect(found({ ...secrets, ...names, id: scan.scan_id })).toEqual([])
})

test.each(['purge', 'sweep'] as const)('of faces, cached and indexed, nothing after a %s', async (how) => {
  const photo = indexedPhoto('a-file', 2)
  const thumbnail = new TextEncoder().encode('a thumbnail')
  await store.faces.put({
    ...photo,
    engine_id: 'engine',
    folder_id: 'a-folder',
    thumbnail,
    expire_at: now + HOUR,
  })
  await store.indexes.add({
    folder_id: 'a-folder',
    engine_id: 'engine',
    photos: [photo],
    expire_at: now + HOUR,
  })
  const [first] = photo.faces
  const secrets = {
    descriptor: bytesOf(first?.descriptor ?? new Float32Array(1)),
    packed: new Uint8Array(new Float16Array(first?.descriptor ?? []).buffer),
    thumbnail,
    file: 'a-file',
    folder: 'a-folder',
  }
  expect(found(secrets)).toEqual(Object.keys(secrets))
  now += HOUR
  await store.faces[how]()
  await store.indexes[how]()
  expect(found(secrets)).toEqual([])
})

test('while another process reads, nothing is waited for, and the next sweep does it', async () => {
  const { scan, secrets } = await scanned()
  const reader = new DatabaseSync(join(dir, 'store.sqlite'), { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM scans').get()
  const start = performance.now()
  await store.scans.end(scan.scan_id, completed(scan.scan_id), now + HOUR)
  // A write waits for 5 seconds.
  expect(performance.now() - start).toBeLessThan(4_000)
  reader.close()
  await store.scans.sweep()
  expect(found(secrets)).toEqual([])
})

test('that others could read: not even in a directory that they can read, nor from an earlier version', async () => {
  const open = join(base, 'open')
  mkdirSync(open)
  chmodSync(open, 0o755)
  writeFileSync(join(open, 'store.sqlite'), '', { mode: 0o644 })
  const other = sqliteStore(openDatabase(open))
  const scan = newScan(now)
  await other.scans.create(scan, inGroups(driveFiles(1)), started(scan))
  const modes = readdirSync(open).map((name) => [name, (statSync(join(open, name)).mode & 0o777).toString(8)])
  expect(new Map(modes as [string, string][])).toEqual(
    new Map([
      ['store.sqlite', '600'],
      ['store.sqlite-shm', '600'],
      ['store.sqlite-wal', '600'],
    ]),
  )
  await other.close()
})
