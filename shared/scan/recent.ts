import type { DriveFile } from '../drive/port.ts'
import type { KnownFaces, Shard } from '../store/faces-port.ts'
import type { Opening, Scan } from '../store/port.ts'

/** An open group as workers see it. Neither part ever changes. */
export interface OpenGroup {
  files: DriveFile[]
  opening: Opening
}

/** The faces of a folder's files as its shards have them. */
export interface FolderIndex {
  shards: readonly Shard[]
  /** Whether `get` finds the file: several times faster, since nothing is unpacked. */
  has(file: Pick<DriveFile, 'id' | 'md5'>): boolean
  /** Undefined for a file that is not in the index, has changed since, or has no checksum. */
  get(file: Pick<DriveFile, 'id' | 'md5'>): KnownFaces | undefined
}

/**
 * What a process has read lately, so that it reads a running scan once in a few seconds and a group once, instead of once
 * for every file. Whoever asks while it is being read waits for the same reading.
 */
export interface Recent {
  scan(scanId: string, read: () => Promise<Scan | undefined>): Promise<Scan | undefined>
  group(
    scanId: string,
    group: number,
    read: () => Promise<OpenGroup | undefined>,
  ): Promise<OpenGroup | undefined>
  /** @param maxAge an index that was read longer ago is read again, in milliseconds */
  index(
    folderId: string,
    engineId: string,
    read: () => Promise<FolderIndex>,
    maxAge?: number,
  ): Promise<FolderIndex>
  /** The scan has ended. */
  forget(scanId: string): void
  /** The index has changed. */
  forgetIndex(folderId: string, engineId: string): void
}

/** Milliseconds. As long after its end, a scan's tasks may still be worked on for nothing. */
const SCAN_LIFETIME = 3_000
const MAX_SCANS = 100
const MAX_GROUPS = 500
/** An index of 20,000 photos takes some 50 MB. Files that were indexed meanwhile are found one by one. */
const MAX_INDEXES = 3
const INDEX_LIFETIME = 30_000

export function recently(now: () => number = Date.now): Recent {
  const scans = remembered<Scan | undefined>(MAX_SCANS, SCAN_LIFETIME, now)
  const groups = remembered<OpenGroup | undefined>(MAX_GROUPS, Infinity, now)
  const indexes = remembered<FolderIndex>(MAX_INDEXES, INDEX_LIFETIME, now)
  return {
    scan: scans.get,
    group: (scanId, group, read) => groups.get(`${scanId} ${group}`, read),
    index: (folderId, engineId, read, maxAge) => indexes.get(`${folderId} ${engineId}`, read, maxAge),
    forget: scans.forget,
    forgetIndex: (folderId, engineId) => indexes.forget(`${folderId} ${engineId}`),
  }
}

/** Remembers the `size` latest readings for `lifetime` milliseconds each; a failed one is not remembered. */
function remembered<T>(size: number, lifetime: number, now: () => number) {
  const entries = new Map<string, { value: Promise<T>; since: number }>()
  return {
    forget: (key: string) => void entries.delete(key),
    get(key: string, read: () => Promise<T>, maxAge = lifetime): Promise<T> {
      const known = entries.get(key)
      if (known && now() - known.since < maxAge) return known.value
      entries.delete(key)
      const entry = { value: read(), since: now() }
      entries.set(key, entry)
      entry.value.catch(() => entries.get(key) === entry && entries.delete(key))
      for (const oldest of entries.keys()) {
        if (entries.size <= size) break
        entries.delete(oldest)
      }
      return entry.value
    },
  }
}
