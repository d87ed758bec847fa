import type {
  EndEvent,
  FileEvent,
  ListedEvent,
  ScanEvent,
  StartedEvent,
  SuggestionEvent,
  Unstored,
} from '../contract/events.ts'
import type { DriveFile, FolderRef } from '../drive/port.ts'
import type { AlbumStore } from './album-port.ts'
import type { FaceStore, IndexStore } from './faces-port.ts'
import type { JobStore } from './jobs-port.ts'
import type { UploadStore } from './uploads-port.ts'

/** Files per group; a group is the unit in which a scan is listed and counted. */
export const GROUP_SIZE = 100

export const inGroups = <T>(files: T[]): T[][] =>
  Array.from({ length: Math.ceil(files.length / GROUP_SIZE) }, (_, group) =>
    files.slice(group * GROUP_SIZE, (group + 1) * GROUP_SIZE),
  )

/** How the files of a scan are listed that were not when it started. */
export interface Listing {
  recursive: boolean
  /** The most files of the scan. */
  max_files: number
  /** Files that are known but in no group yet: fewer than fill one. */
  known: DriveFile[]
}

export interface NewScan {
  scan_id: string
  folder: FolderRef
  /** While further files are being listed, those known by then, of which the last few may be in no group yet. */
  total_files: number
  /** Undefined when all files are listed. */
  listing?: Listing | undefined
  /** The most files that are out at a time, which is when no other scan runs. */
  window: number
  /** Descriptors of the wanted face as float32, one after the other. */
  targets: Float32Array
  /** Whether a second look at the whole folder is wanted before the end. */
  suggestions: boolean
  /** Id of the face engine that computed them; only descriptors of the same engine can be compared. */
  engine_id: string
  /** SHA-256 of the scan key. */
  key_hash: string
  /** Encrypted, see shared/scan/secrets/token-cipher.ts. Undefined where the files are an album's. */
  access_token: string | undefined
  /** The album whose new photos the scan indexes, or in which a guest searched. */
  album?: ScannedAlbum | undefined
  /** Milliseconds since 1970, as are all times below. */
  created_at: number
  expire_at: number
}

export interface ScannedAlbum {
  album_id: string
  /** Until when the faces found in its photos are kept, whatever FACE_CACHE_HOURS says. */
  keep_faces_until: number
}

export interface Scan extends Omit<NewScan, 'targets' | 'access_token'> {
  /** Wiped when the scan ends. */
  targets: Float32Array | undefined
  access_token: string | undefined
  last_progress_at: number
  ended: EndEvent['type'] | undefined
}

/** A scan that is stored when it has already ended. */
export interface EndedScan
  extends Pick<
    NewScan,
    'scan_id' | 'folder' | 'total_files' | 'engine_id' | 'key_hash' | 'created_at' | 'expire_at'
  > {
  album: ScannedAlbum
}

/** What such a scan has in the place of what only running ones need. */
export const WITHOUT_SECRETS = {
  window: 0,
  targets: new Float32Array(),
  suggestions: false,
  access_token: undefined,
}

interface EndedEvents {
  started: Unstored<StartedEvent>
  files: Unstored<FileEvent>[]
  end: Unstored<EndEvent>
}

/** How the files of a group are brought, decided once: by whoever opened the group. See shared/scan/window.ts. */
export interface Opening {
  /** How many of the files are out at a time. */
  window: number
  /** Indices of the group's files that have to be analysed, ascending. The others were known. */
  waiting: number[]
  /** Whether those may be known all the same: nobody has looked, or another scan of the folder runs. */
  look_up: boolean
}

/** A group of a scan's files. */
export interface Group {
  files: DriveFile[]
  /** Undefined until it is opened. */
  opening: Opening | undefined
}

export interface ScanWatch {
  /** Resolves once every event stored from then on is certain to be delivered. */
  ready: Promise<void>
  /** Nothing is delivered after it, except what is already on its way. May be called more than once. */
  stop(): void
}

/** The most events that a watch delivers in one call. */
export const MAX_BATCH = 200

export interface WatchListener {
  /**
   * In order within each scan, at most MAX_BATCH at a time. Each event arrives at least once (a repeat has the same
   * `event_id`), on SQLite exactly once. A replay waits for the returned promise before it reads on; live events do
   * not. Must neither throw nor reject.
   */
  events(events: ScanEvent[]): Promise<void> | void
  /** The watched scan was erased or has expired. Nothing follows. */
  gone?(): void
  /** The replay could not be read. Nothing follows. */
  failed?(error: unknown): void
}

/**
 * Scans as their events. A scan past its `expire_at` is invisible to every read, whether or not it has been deleted
 * yet. Reads of an unknown scan return undefined, 0 or an empty list; writes to one change nothing.
 */
export interface ScanStore {
  /**
   * Stores the groups, then the scan with its `started` event: a crash in between leaves nothing visible. `groups`
   * are the files in slices of GROUP_SIZE. Where the scan has a `listing`, one more group stands for the files that are
   * yet to be listed: it has no files, and keeps the scan from ending.
   */
  create(scan: NewScan, groups: DriveFile[][], started: Unstored<StartedEvent>): Promise<void>
  /**
   * Stores a scan that has ended, with all of its events in their order, of which those of files are of any number. It has
   * no groups, targets nor token. A crash in between leaves nothing visible.
   */
  createEnded(scan: EndedScan, events: EndedEvents): Promise<void>
  /**
   * Puts the files that have been listed, in slices of GROUP_SIZE, in the place of group `first`, which stood for them, sets
   * `total_files` to that of the event, and stores the event, all at once. True for the one call that did so; it changes
   * nothing once the listing or the scan has ended, or that group is closed.
   */
  endListing(
    scanId: string,
    first: number,
    groups: DriveFile[][],
    event: Unstored<ListedEvent>,
  ): Promise<boolean>
  get(scanId: string): Promise<Scan | undefined>
  /** Undefined if there is no such group, or it is yet to be listed. */
  group(scanId: string, group: number): Promise<Group | undefined>
  /**
   * Opens the group unless it is open, and returns how it was opened; undefined if there is no such group, or the scan
   * has ended. Stored with the opening, or not at all, are the events of files that do not wait, which nobody else may append. Those of type
   * `progress` take up one record together, and every read returns them singly.
   */
  open(
    scanId: string,
    group: number,
    opening: Opening,
    known: Unstored<FileEvent>[],
  ): Promise<Opening | undefined>

  /**
   * Appends the events whose `event_id` is new and returns how many were. Existing events stay as they are. Adds nothing
   * once the scan has ended; on Firestore, one under way in the milliseconds of the end may still be stored.
   */
  append(scanId: string, group: number, events: Unstored<FileEvent>[]): Promise<number>
  /** The same for up to 400 suggestions, which belong to no group and count nowhere. Adds nothing once the scan has ended. */
  appendSuggestions(scanId: string, events: Unstored<SuggestionEvent>[]): Promise<void>
  has(scanId: string, eventId: string): Promise<boolean>
  event(scanId: string, eventId: string): Promise<ScanEvent | undefined>
  /** How many files of the group have their event. */
  countGroup(scanId: string, group: number): Promise<number>
  /** How many files of the scan have their event. */
  countFiles(scanId: string): Promise<number>
  /** Which files of the group have their event. */
  recordedFiles(scanId: string, group: number): Promise<Set<string>>

  /** Closes the group, opened or not, and records the scan's progress. True for the one call that closed it. */
  closeGroup(scanId: string, group: number): Promise<boolean>
  /** Indices of the groups that are not closed, ascending; at most `limit` of them. */
  unclosedGroups(scanId: string, limit?: number): Promise<number[]>
  /**
   * Appends the end event, sets `ended` and `expire_at`, and wipes token and targets, atomically. True for the one
   * call that did so; a scan that has ended stays as it ended.
   */
  end(scanId: string, event: Unstored<EndEvent>, expireAt: number): Promise<boolean>

  /** A page of events in order, starting after the event `after`; undefined when that event is not in the scan. */
  events(
    scanId: string,
    options: { after?: string | undefined; types?: ScanEvent['type'][]; limit: number },
  ): Promise<ScanEvent[] | undefined>
  /**
   * Follows one scan, or all of them: delivers what is stored from `ready` on. With `after`, which needs a scan, first
   * replays what was stored after that event ('' for everything) and follows without a gap. A scan without that
   * event is `gone`.
   */
  watch(
    scanId: string | undefined,
    listener: WatchListener,
    options?: { after?: string | undefined },
  ): ScanWatch

  /** Scans that run and have made progress since `since`. */
  running(since: number): Promise<(Pick<Scan, 'scan_id' | 'total_files'> & { folder_id: string })[]>
  /** Running scans without progress since `before`. */
  stalled(before: number): Promise<Scan[]>
  /** Records progress, so that the scan is not taken for stalled. */
  touch(scanId: string): Promise<void>
  /** Deletes everything about the scan. */
  erase(scanId: string): Promise<void>
  /** The same for every scan of an album. */
  eraseAlbum(albumId: string): Promise<void>
  /**
   * Deletes the scans that have expired and returns their number. Their groups and events go with them, or later where the
   * store deletes by itself what has expired: without its scan nothing of them is visible.
   */
  sweep(): Promise<number>
}

export interface Store {
  scans: ScanStore
  faces: FaceStore
  indexes: IndexStore
  jobs: JobStore
  uploads: UploadStore
  albums: AlbumStore
  close(): Promise<void>
}
