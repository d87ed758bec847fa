import type { EndEvent, FileEvent, ScanEvent, StartedEvent, Unstored } from '../contract/events.ts'
import type { DriveFile, FolderRef } from '../drive/port.ts'
import type { Face } from '../face/port.ts'

/** Files per group; a group is the unit in which a scan is published and counted. */
export const GROUP_SIZE = 100

export interface NewScan {
  scan_id: string
  folder: FolderRef
  total_files: number
  /** How many groups are open at once; fixed at the start so that every worker agrees on which group comes next. */
  window: number
  /** Descriptors of the wanted face, 128 float32 each, one after the other. */
  targets: Float32Array
  /** Id of the face engine that made them; faces of the same engine can be compared. */
  engine_id: string
  /** SHA-256 of the scan key. */
  key_hash: string
  /** Encrypted, see shared/scan/token-cipher.ts. */
  access_token: string
  /** Milliseconds since 1970, as all times below. */
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

export interface ScanWatch {
  /** Resolves when every event stored from now on will be delivered. */
  ready: Promise<void>
  stop(): void
}

export interface WatchListener {
  /** In order within each scan; each event at least once, on SQLite exactly once. */
  events(events: ScanEvent[]): void
  /** The watched scan was erased. */
  gone?(): void
}

/**
 * Scans as their events. Everything of a scan past its `expire_at` is invisible to every read, whatever has been
 * deleted by then. Reads of an unknown scan answer undefined, 0 or an empty list; writes to one change nothing.
 */
export interface ScanStore {
  /**
   * Stores groups, scan and `started`, in this order: a crash in between leaves nothing that is visible. `groups`
   * are the files in slices of GROUP_SIZE.
   */
  create(scan: NewScan, groups: DriveFile[][], started: Unstored<StartedEvent>): Promise<void>
  get(scanId: string): Promise<Scan | undefined>
  /** The files of one group. */
  groupFiles(scanId: string, group: number): Promise<DriveFile[]>

  /** Appends what is not there yet, by `event_id`; answers how many were. A present event stays as it is. */
  append(scanId: string, group: number, events: Unstored<FileEvent>[]): Promise<number>
  has(scanId: string, eventId: string): Promise<boolean>
  event(scanId: string, eventId: string): Promise<ScanEvent | undefined>
  /** How many files of the group have their event. */
  countGroup(scanId: string, group: number): Promise<number>
  /** How many files of the scan have their event. */
  countFiles(scanId: string): Promise<number>
  /** Which files of the group have their event. */
  recordedFiles(scanId: string, group: number): Promise<Set<string>>

  /** Closes the group and notes the scan's progress. True for the one call that closed it. */
  closeGroup(scanId: string, group: number): Promise<boolean>
  /** Indices of the groups that are not closed, ascending. */
  openGroups(scanId: string): Promise<number[]>
  /**
   * Appends the end, sets `ended` and `expire_at`, wipes token and targets, all at once. True for the one call
   * that did; a scan that has ended stays as it ended.
   */
  end(scanId: string, event: Unstored<EndEvent>, expireAt: number): Promise<boolean>

  /**
   * A page of events in order, behind the event `after`; undefined when that event is not in the scan.
   *
   * `resume` is for the first page of a reader who comes back after a while: it holds also what may have been
   * stored before `after` in order but later in time, and so may repeat what the reader has seen. The pages behind
   * it are read without. On SQLite it changes nothing.
   */
  events(
    scanId: string,
    options: { after?: string | undefined; resume?: boolean; type?: ScanEvent['type']; limit: number },
  ): Promise<ScanEvent[] | undefined>
  /** Delivers what is stored from now on, of one scan or of all. */
  watch(scanId: string | undefined, listener: WatchListener): ScanWatch

  /** Running scans without progress since `before`. */
  stalled(before: number): Promise<Scan[]>
  /** Notes progress, so that the scan is not taken for stalled. */
  touch(scanId: string): Promise<void>
  /** Deletes everything about the scan. */
  erase(scanId: string): Promise<void>
  /** Deletes what has expired; answers how many scans. */
  sweep(): Promise<number>
}

/** What an analysis found, as it is kept: without landmarks. */
export interface KnownFaces {
  /** Size of the upright photo in pixels. */
  width: number
  height: number
  /** Largest first. */
  faces: Pick<Face, 'box' | 'score' | 'descriptor'>[]
}

/** What the faces of a file depend on: with another content or engine they are not known. */
export interface FaceKey {
  file_id: string
  md5: string
  engine_id: string
}

export interface NewKnownFaces extends FaceKey, KnownFaces {
  /** Folder of the scan that found the file, so that a folder can be purged. */
  folder_id: string
  /** JPEG, at most 20 kB. */
  thumbnail: Uint8Array | undefined
  expire_at: number
}

/** The face cache: one entry per file, the latest; invisible past its `expire_at`. */
export interface FaceStore {
  put(known: NewKnownFaces): Promise<void>
  /** By file id, of those that are known under exactly this key. */
  get(keys: FaceKey[]): Promise<Map<string, KnownFaces>>
  thumbnail(fileId: string): Promise<Uint8Array | undefined>
  /** Deletes the entries of a folder, or all; answers how many. */
  purge(folderId?: string): Promise<number>
  /** Deletes what has expired; answers how many. */
  sweep(): Promise<number>
}

export const JOB_STATUSES = ['queued', 'processing', 'done', 'failed'] as const

/** A finished image and where it went on Drive. The five Drive columns are null until all of them are set. */
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
  /** When an upload was last tried, ISO 8601; null since the job was last put. */
  tried_at: string | null
}

export type DriveColumns = Pick<
  Job,
  'drive_file_id' | 'drive_link' | 'download_link' | 'qr_url' | 'drive_uploaded_at'
>

/** The right to upload one job's file, until it is released or its time is over. */
export interface JobClaim {
  job_id: string
  /** Tells this claim from a later one. */
  token: string
  /** Drive id under which this job's file is or will be, undefined before the first try. */
  reserved_file_id: string | undefined
}

/**
 * Jobs and their Drive columns. Claims keep two uploaders off the same job; the reserved id makes a repeated upload
 * the same file. Reads of a job that is not there answer undefined or an empty list, writes to it change nothing.
 */
export interface JobStore {
  /** Creates the job, or sets its status and paths as one that was never tried; the Drive columns stay. */
  put(job: Pick<Job, 'job_id' | 'status' | 'compressed_image_path' | 'result_image_path'>): Promise<void>
  get(jobId: string): Promise<Job | undefined>
  /** The newest `limit`, newest last. */
  list(limit: number): Promise<Job[]>
  /**
   * Done jobs with an image and without a Drive file, or with `force` also those with one. First those never tried,
   * then those tried longest ago, so that jobs that fail hold up no others; oldest first among them.
   */
  pending(options: { limit: number; force: boolean }): Promise<Job[]>
  /**
   * One winner until `release`, `attach` or `until`; undefined for the others and for a job that is not there. Notes
   * the try.
   */
  claim(jobId: string, until: number): Promise<JobClaim | undefined>
  /**
   * Notes the id before anything is uploaded under it. False when the claim is no longer held, which is when it was
   * released or somebody else has claimed the job: one whose time is over is held until then.
   */
  reserve(claim: JobClaim, fileId: string): Promise<boolean>
  /** Sets all five columns at once and releases the claim. False when the claim is no longer held. */
  attach(claim: JobClaim, columns: { [K in keyof DriveColumns]: string }): Promise<boolean>
  release(claim: JobClaim): Promise<void>
  /**
   * Tells of jobs that are done, have no Drive file and were never tried: of those there are, and then of those that
   * become so, also when another process writes them. Possibly more than once.
   */
  watchDone(listener: (jobId: string) => void): { stop(): void }
}

export interface Store {
  scans: ScanStore
  faces: FaceStore
  jobs: JobStore
  close(): Promise<void>
}
