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
import type { Face } from '../face/port.ts'

/** Files per group; a group is the unit in which a scan is listed and counted. */
export const GROUP_SIZE = 100

export const inGroups = (files: DriveFile[]): DriveFile[][] =>
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
  /** Encrypted, see shared/scan/secrets/token-cipher.ts. */
  access_token: string
  /** Milliseconds since 1970, as are all times below. */
  created_at: number
  expire_at: number
}

export interface Scan extends Omit<NewScan, 'targets' | 'access_token'> {
  /** Wiped when the scan ends. */
  targets: Float32Array | undefined
  access_token: string | undefined
  last_progress_at: number
  ended: EndEvent['type'] | undefined
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
   * Opens the group unless it is open, and returns how it was opened; undefined if there is no such group. Stored with
   * the opening, or not at all, are the events of files that do not wait, which nobody else may append. Those of type
   * `progress` take up one record together, and every read returns them singly.
   */
  open(
    scanId: string,
    group: number,
    opening: Opening,
    known: Unstored<FileEvent>[],
  ): Promise<Opening | undefined>

  /** Appends the events whose `event_id` is new and returns how many were. Existing events stay as they are. */
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
  /**
   * Deletes the scans that have expired and returns their number. Their groups and events go with them, or later where the
   * store deletes by itself what has expired: without its scan nothing of them is visible.
   */
  sweep(): Promise<number>
}

/** The faces of a photo as they are cached: without landmarks. */
export interface KnownFaces {
  /** Size of the upright photo in pixels. */
  width: number
  height: number
  /** As in `Analysis`. */
  damaged?: boolean | undefined
  /** Largest first. */
  faces: Pick<Face, 'box' | 'score' | 'descriptor'>[]
}

/** What cached faces depend on: they are valid for this content and this engine only. */
export interface FaceKey {
  file_id: string
  md5: string
  engine_id: string
}

export interface NewKnownFaces extends FaceKey, KnownFaces {
  /** Folder of the scan that listed the file, so that a folder can be purged. */
  folder_id: string
  /** JPEG, at most 20 kB. */
  thumbnail: Uint8Array | undefined
  expire_at: number
}

export interface CachedFaces extends KnownFaces {
  expire_at: number
}

/** The face cache. It keeps the latest entry of each file; an entry past its `expire_at` is invisible. */
export interface FaceStore {
  put(known: NewKnownFaces): Promise<void>
  /** By file id, those cached under exactly this key. */
  get(keys: FaceKey[]): Promise<Map<string, CachedFaces>>
  thumbnail(fileId: string): Promise<Uint8Array | undefined>
  /** Deletes the entries of a folder, or all of them, and returns how many. */
  purge(folderId?: string): Promise<number>
  /** Deletes what has expired and returns how many. Does nothing where the store does that by itself. */
  sweep(): Promise<number>
}

/** The faces of one file of a folder, as its index has them. */
export interface IndexedPhoto extends KnownFaces {
  file_id: string
  md5: string
}

/** Photos that are kept packed, since an index has tens of thousands of faces. */
export interface PackedPhotos {
  fileIds: string[]
  /** Whether this is the content that was analysed. */
  has(fileId: string, md5: string): boolean
  /** Unpacked; undefined if this is not the content that was analysed. */
  get(fileId: string, md5: string): KnownFaces | undefined
}

export interface NewShard {
  folder_id: string
  /** Id of the face engine that computed the descriptors. */
  engine_id: string
  /** At most SHARD_BYTES by `packedSize`. */
  photos: IndexedPhoto[]
  expire_at: number
}

export interface Shard {
  shard_id: string
  expire_at: number
  photos: PackedPhotos
}

/** Below 1 MiB, which is the most that a document may have. */
export const SHARD_BYTES = 900_000

/**
 * The index of each folder: the faces of its files in shards, so that a whole folder takes some dozen reads. Shards are added
 * and removed, never changed. One past its `expire_at` is invisible.
 */
export interface IndexStore {
  add(shard: NewShard): Promise<void>
  /**
   * The shards of a folder that this engine computed, in the order in which they were added, the same every time. Where
   * several have a file, the last one is valid.
   */
  shards(folderId: string, engineId: string): Promise<Shard[]>
  remove(folderId: string, shardIds: string[]): Promise<void>
  /** Deletes the index of a folder, or of all. */
  purge(folderId?: string): Promise<void>
  /** Deletes what has expired and returns how many shards. Does nothing where the store does that by itself. */
  sweep(): Promise<number>
}

const JOB_STATUSES = ['queued', 'processing', 'done', 'failed'] as const

/** A finished image and where it is on Drive. The five Drive columns are null until all of them are set. */
export interface Job {
  job_id: string
  status: (typeof JOB_STATUSES)[number]
  /** A file on disk, or `gs://bucket/object`. */
  compressed_image_path: string | null
  result_image_path: string | null
  drive_file_id: string | null
  drive_link: string | null
  download_link: string | null
  qr_url: string | null
  /** ISO 8601. */
  drive_uploaded_at: string | null
  /** When an upload was last tried, ISO 8601; null if it has not been since the job was last put. */
  tried_at: string | null
}

type DriveColumns = Pick<
  Job,
  'drive_file_id' | 'drive_link' | 'download_link' | 'qr_url' | 'drive_uploaded_at'
>

/** The right to upload one job's file, until it is released or expires. */
export interface JobClaim {
  job_id: string
  /** Distinguishes this claim from later ones. */
  token: string
  /** Drive id that this job's file has or will have; undefined before the first try. */
  reserved_file_id: string | undefined
}

/**
 * Jobs and their Drive columns. Claims keep two uploaders from working on the same job; thanks to the reserved id a
 * repeated upload creates the same file. Reads of an unknown job return undefined or an empty list, writes to it change
 * nothing.
 */
export interface JobStore {
  /** Creates the job, or sets its status and paths and marks it as never tried. The Drive columns stay. */
  put(job: Pick<Job, 'job_id' | 'status' | 'compressed_image_path' | 'result_image_path'>): Promise<void>
  get(jobId: string): Promise<Job | undefined>
  /** The newest `limit`, newest last. */
  list(limit: number): Promise<Job[]>
  /**
   * Done jobs with an image and without a Drive file; with `force` also those that have one. First those never tried,
   * then those tried longest ago, so that failing jobs do not hold up the others; oldest first among equals.
   */
  pending(options: { limit: number; force: boolean }): Promise<Job[]>
  /**
   * Claims the job until `release`, `attach` or the time `until`, and records the try. Undefined when somebody else
   * holds it or there is no such job.
   */
  claim(jobId: string, until: number): Promise<JobClaim | undefined>
  /**
   * Stores the id before anything is uploaded under it. False when the claim is no longer held: it was released, or
   * somebody else has claimed the job since. An expired claim is held until then.
   */
  reserve(claim: JobClaim, fileId: string): Promise<boolean>
  /** Sets all five columns at once and releases the claim. False when the claim is no longer held. */
  attach(claim: JobClaim, columns: { [K in keyof DriveColumns]: string }): Promise<boolean>
  release(claim: JobClaim): Promise<void>
  /**
   * Calls the listener with each job that is done, has no Drive file and was never tried: first the existing ones, then
   * those that become so, also when another process writes them. A job may be reported more than once.
   */
  watchDone(listener: (jobId: string) => void): { stop(): void }
}

export interface Store {
  scans: ScanStore
  faces: FaceStore
  indexes: IndexStore
  jobs: JobStore
  close(): Promise<void>
}
