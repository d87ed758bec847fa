import { join } from 'node:path'
import type { ErrorCode } from '../contract/app-error.ts'
import type { UploadDrive, UploadSource } from '../drive/port.ts'
import type { ImageSource } from './image-source/port.ts'
import { STOPS_ALL_UPLOADS, toAppError } from './sync.ts'
import { linksOf, type QrTarget, type UploadedFile, uploadReserved } from './upload-file.ts'
import { sha256Of } from './upload-once.ts'
import type { UploadSlots } from './upload-slots.ts'

/** What was uploaded before, by SHA-256 of the content: a renamed file is not uploaded again, a changed one is. */
export interface UploadManifest {
  get(hash: string): ManifestEntry | undefined
  /** Resolves when the entry is stored. */
  set(hash: string, entry: ManifestEntry): Promise<void>
}

interface ManifestEntry {
  file_id: string
  name: string
  /** ISO 8601; null while the id is only reserved. */
  uploaded_at: string | null
}

export interface FolderDeps {
  images: ImageSource
  drive: UploadDrive
  /** TARGET_FOLDER_ID. */
  folderId: string | undefined
  /** Public address up to and including the base path. */
  apiBaseUrl: string
  /** QR_TARGET. */
  qrTarget: QrTarget
  manifest: UploadManifest
  slots: UploadSlots
  /** Milliseconds since 1970. */
  now: () => number
}

export interface FolderOptions {
  /** Maximum number of uploads. */
  limit?: number | undefined
  /** Also uploads what was uploaded before, to the same file on Drive. */
  force: boolean
  /** Once aborted, no further upload starts. */
  signal: AbortSignal
}

/** The outcome of one file. `present`: its content had been uploaded before. */
export type FileOutcome = { name: string } & (
  | ({ outcome: 'uploaded' | 'present' } & UploadedFile)
  | { outcome: 'failed'; code: ErrorCode; message: string }
  | { outcome: 'not_tried' }
)

/**
 * Uploads the images `names` of a directory, each content once, and calls `done` for each. The id of a file is in the
 * manifest before its bytes go out, so that repeating a run that was killed creates no second file.
 */
export async function uploadFolder(
  dir: string,
  names: string[],
  deps: FolderDeps,
  options: FolderOptions,
  done: (file: FileOutcome) => void,
): Promise<void> {
  const inThisRun = new Map<string, Promise<UploadedFile>>()
  let budget = options.limit ?? Number.POSITIVE_INFINITY
  let stopped = false

  async function upload(name: string): Promise<FileOutcome> {
    if (stopped || options.signal.aborted || budget <= 0) return { name, outcome: 'not_tried' }
    const source = await deps.images.open(join(dir, name))
    const hash = await sha256Of(source)
    const sameContent = inThisRun.get(hash)
    if (sameContent !== undefined) return { name, outcome: 'present', ...(await sameContent) }
    const known = deps.manifest.get(hash)
    if (known?.uploaded_at && !options.force) {
      return { name, outcome: 'present', ...linksOf(known.file_id, deps) }
    }
    if (budget <= 0) return { name, outcome: 'not_tried' }
    budget--
    const uploading = uploadContent(source, hash, deps)
    inThisRun.set(hash, uploading)
    return { name, outcome: 'uploaded', ...(await uploading) }
  }

  async function run(name: string): Promise<void> {
    try {
      done(await upload(name))
    } catch (error) {
      const { code, message } = toAppError(error)
      if (STOPS_ALL_UPLOADS.has(code)) stopped = true
      done({ name, outcome: 'failed', code, message })
    }
  }

  await Promise.all(names.map((name) => deps.slots.run(() => run(name))))
}

async function uploadContent(source: UploadSource, hash: string, deps: FolderDeps): Promise<UploadedFile> {
  const known = deps.manifest.get(hash)
  const note = (file_id: string, uploaded_at: string | null) =>
    deps.manifest.set(hash, { file_id, name: source.name, uploaded_at })
  const fileId = await uploadReserved(source, deps, {
    reserved: known?.file_id,
    replace: known?.uploaded_at != null,
    reserve: (id) => note(id, null),
  })
  await note(fileId, new Date(deps.now()).toISOString())
  return linksOf(fileId, deps)
}
