import { randomUUID } from 'node:crypto'
import type { FileEvent, ScanEvent, Unstored } from '../../../shared/contract/events.ts'
import { fileEventId, STARTED } from '../../../shared/contract/events.ts'
import type { QueuedTask, Task } from '../../../shared/contract/task.ts'
import type { DriveFile } from '../../../shared/drive/port.ts'
import { createLog } from '../../../shared/platform/log.ts'
import type { TaskQueue } from '../../../shared/queue/port.ts'
import type { MatchRule } from '../../../shared/scan/file-event.ts'
import { RUNNING_LIFETIME } from '../../../shared/scan/lifetime.ts'
import { recently } from '../../../shared/scan/recent.ts'
import { GROUP_SIZE, type NewScan, type Store } from '../../../shared/store/port.ts'

export const silent = createLog('silent')

const matchRule: MatchRule = {
  drive: {
    downloadUrl: ({ id, resource_key: key }) => `https://drive.test/${id}${key ? `?key=${key}` : ''}`,
  },
  matchDistance: 0.45,
}

const noAlbum = async () => {
  throw new Error('these scans are of no album')
}
/** For scans of folders, which need none. */
export const withoutAlbums = {
  albums: { publish: noAlbum, show: noAlbum, stopped: noAlbum, ended: noAlbum },
  organiser: { download: noAlbum },
}
/** Scans that may run at once: more than a test starts. */
export const admitsAll = () => ({
  maxRunning: 1_000,
  maxRunningOfNetwork: 1_000,
  startedFrom: new Map<string, string>(),
})

/** The settings and the memory of a process. */
export const newProcess = (now = Date.now) => ({
  ...matchRule,
  ...withoutAlbums,
  log: silent,
  recent: recently(now),
  now,
  keepFacesFor: 3_600_000,
})

const filesOf = (total: number): DriveFile[] =>
  Array.from({ length: total }, (_, index) => ({
    id: `f${index}`,
    name: `${index}.jpg`,
    mime_type: 'image/jpeg',
  }))

/** A scan in the store whose files are not published yet. */
export async function storedScan(
  store: Store,
  files: number | DriveFile[],
  overrides: Partial<NewScan> = {},
): Promise<NewScan> {
  const all = typeof files === 'number' ? filesOf(files) : files
  const total = all.length
  const createdAt = overrides.created_at ?? Date.now()
  const scan: NewScan = {
    scan_id: randomUUID(),
    folder: { id: 'folder' },
    total_files: total,
    window: 2,
    targets: new Float32Array(128),
    suggestions: false,
    engine_id: 'engine',
    key_hash: '00',
    access_token: 'encrypted',
    created_at: createdAt,
    expire_at: createdAt + RUNNING_LIFETIME,
    ...overrides,
  }
  const groups = Array.from({ length: Math.ceil(total / GROUP_SIZE) }, (_, group) =>
    all.slice(group * GROUP_SIZE, (group + 1) * GROUP_SIZE),
  )
  const started = { type: 'started', scan_id: scan.scan_id, event_id: STARTED, total_files: total } as const
  await store.scans.create(scan, groups, started)
  return scan
}

export const noMatch = (task: Task): Unstored<FileEvent> => ({
  type: 'progress',
  scan_id: task.scan_id,
  event_id: fileEventId(task.file_id),
  file_id: task.file_id,
  file_name: task.file_name,
  status: 'no_match',
})

/** Resolves with the scan's last event. */
export async function ended(store: Store, scanId: string): Promise<ScanEvent> {
  const { promise, resolve } = Promise.withResolvers<ScanEvent>()
  const look = (event: ScanEvent | undefined) => event?.event_id === 'end' && resolve(event)
  const watch = store.scans.watch(scanId, { events: (events) => events.forEach(look) })
  await watch.ready
  look(await store.scans.event(scanId, 'end'))
  return promise.finally(watch.stop)
}

export async function allEvents(store: Store, scanId: string): Promise<ScanEvent[]> {
  return (await store.scans.events(scanId, { limit: 100_000 })) ?? []
}

/** Delivers nothing: for tests that carry out the steps themselves. */
export const idleQueue = (published: QueuedTask[] = []): TaskQueue => ({
  publish: async (tasks) => void published.push(...tasks),
  purge: async () => {},
  consume: () => ({ stop: async () => {} }),
})
