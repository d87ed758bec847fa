import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ErrorCode, hasCode } from '../contract/app-error.ts'
import { imageType } from '../contract/image-types.ts'
import type { UploadSource } from '../drive/port.ts'
import { openImageFile } from './open-image.ts'
import { CONCERNS_ALL, toAppError } from './sync.ts'
import { linksOf, type UploadDeps, type UploadedFile } from './upload-file.ts'
import type { UploadManifest } from './upload-manifest.ts'
import type { UploadSlots } from './upload-slots.ts'

export interface FolderDeps extends UploadDeps {
  manifest: UploadManifest
  slots: UploadSlots
  /** Milliseconds since 1970. */
  now: () => number
}

export interface FolderOptions {
  /** At most so many uploads. */
  limit?: number | undefined
  /** Also what was uploaded before: the same file on Drive gets the bytes again. */
  force: boolean
  /** Aborted, no further upload is begun. */
  signal: AbortSignal
}

/** What became of one file. `present`: its content had been uploaded before. */
export type FileOutcome = { name: string } & (
  | ({ outcome: 'uploaded' | 'present' } & UploadedFile)
  | { outcome: 'failed'; code: ErrorCode; message: string }
  | { outcome: 'not_tried' }
)

/** The images of a directory, by name; folders below and hidden files are left out. Rejects as readdir does. */
export async function imagesOf(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => !name.startsWith('.') && imageType(name)).sort()
  const regular = await Promise.all(
    names.map(async (name) => (await stat(join(dir, name)).catch(() => undefined))?.isFile() === true),
  )
  return names.filter((_, index) => regular[index])
}

/**
 * Uploads the images `names` of a directory, each content once, and tells `done` of each. The id of a file is in the
 * manifest before its bytes go out, so that a run that was killed makes no second file.
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
    const path = join(dir, name)
    // Before the content is read, since it says what is wrong with a file that nobody can read.
    const source = await openImageFile(path)
    const hash = await sha256(path)
    const before = inThisRun.get(hash)
    if (before) return { name, outcome: 'present', ...(await before) }
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
      if (CONCERNS_ALL.has(code)) stopped = true
      done({ name, outcome: 'failed', code, message })
    }
  }

  await Promise.all(names.map((name) => deps.slots.run(() => run(name))))
}

async function uploadContent(source: UploadSource, hash: string, deps: FolderDeps): Promise<UploadedFile> {
  const { drive, manifest, folderId } = deps
  const known = manifest.get(hash)
  const replace = known?.uploaded_at != null
  const note = (file_id: string, uploaded_at: string | null) =>
    manifest.set(hash, { file_id, name: source.name, uploaded_at })
  async function reserve(): Promise<string> {
    const id = await drive.reserveId()
    await note(id, null)
    return id
  }

  let fileId = known?.file_id ?? (await reserve())
  try {
    await drive.upload(source, fileId, folderId, { replace })
  } catch (error) {
    if (!hasCode(error, 'file_not_found')) throw error
    // Somebody deleted it for good.
    fileId = await reserve()
    await drive.upload(source, fileId, folderId)
  }
  await note(fileId, new Date(deps.now()).toISOString())
  return linksOf(fileId, deps)
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
