import { AppError, hasCode } from '../../../contract/app-error.ts'
import { isStoredId } from '../../ids.ts'
import type { UploadDrive, UploadSource } from '../../port.ts'
import { GoogleFailure } from '../failure.ts'
import { type GoogleUploadOptions, type UploadCalls, uploadCalls } from './calls.ts'
import { trash } from './check.ts'
import { CHANGE, CREATE, RESERVE, SHARE } from './refusals.ts'

/**
 * Uploads to Google Drive. All calls of one instance share one pacer, so a process should have one. A file up to 5 MB
 * is held in memory, of a larger one 8 MiB at a time.
 */
export function googleUploadDrive(options: GoogleUploadOptions): UploadDrive {
  const calls = uploadCalls(options)

  return {
    async reserveId() {
      const parameters = { count: 1, space: 'drive', type: 'files', fields: 'ids' }
      const { ids } = await calls.call(RESERVE, ({ files }, method) => files.generateIds(parameters, method))
      if (ids?.[0] === undefined)
        throw new AppError('drive_unavailable', 'Google Drive gave no id for a file.')
      return ids[0]
    },

    async upload(source, fileId, folderId, { replace = false } = {}) {
      // Reserved before there was a Google account.
      if (isStoredId(fileId)) throw gone()
      const made = await store(calls, source, fileId, folderId, replace)
      try {
        await share(calls, fileId)
      } catch (error) {
        // Nobody may ever come back to it; whoever does takes it out of the trash.
        if (made && !hasCode(error, 'drive_unavailable')) await trash(calls, fileId).catch(() => {})
        throw error
      }
    },

    links: (fileId) => ({
      drive_link: `https://drive.google.com/file/d/${fileId}/view?usp=sharing`,
      download_link: `https://drive.google.com/uc?id=${fileId}&export=download`,
    }),
  }
}

/** Whether it made the file, which otherwise was there. */
async function store(
  calls: UploadCalls,
  source: UploadSource,
  fileId: string,
  folderId: string | undefined,
  replace: boolean,
): Promise<boolean> {
  if (replace && (await change(calls, source, fileId))) return false
  if (await create(calls, source, fileId, folderId)) return true
  if (!replace) await restore(calls, fileId)
  // Somebody else has created it in between.
  else if (!(await change(calls, source, fileId))) throw gone()
  return false
}

/** False when the id is taken: by this very file, where the answer to an earlier attempt got lost. */
async function create(
  { put }: UploadCalls,
  source: UploadSource,
  id: string,
  folderId: string | undefined,
): Promise<boolean> {
  const parents = folderId === undefined ? {} : { parents: [folderId] }
  try {
    await put(CREATE, source, { id, name: source.name, mimeType: source.mime_type, ...parents })
    return true
  } catch (error) {
    const failure = failureBehind(error)
    if (failure?.status === 409) return false
    // Reserved with another account.
    if (failure?.status === 400 && /file ID is not usable/i.test(failure.message)) throw gone()
    throw error
  }
}

/** Gives the file these bytes, this name and this type; false when it is not there. */
async function change({ put }: UploadCalls, source: UploadSource, fileId: string): Promise<boolean> {
  try {
    await put(CHANGE, source, { name: source.name, mimeType: source.mime_type, trashed: false }, fileId)
    return true
  } catch (error) {
    // A file that is there but of another account cannot be made under this id either.
    if (failureBehind(error)?.status === 404) return false
    throw error
  }
}

/** Takes the file out of the trash, if it is in it. Rejects with `file_not_found`. */
async function restore({ call }: UploadCalls, fileId: string): Promise<void> {
  const look = { fileId, supportsAllDrives: true, fields: 'trashed' }
  const { trashed } = await call(CHANGE, ({ files }, options) => files.get(look, options))
  if (!trashed) return
  const requestBody = { trashed: false }
  await call(CHANGE, ({ files }, options) => files.update({ ...look, requestBody }, options))
}

/** Makes the file readable for anyone with the link, and looks whether it is. */
async function share({ attempt, retried }: UploadCalls, fileId: string): Promise<void> {
  const file = { fileId, supportsAllDrives: true }
  const requestBody = { type: 'anyone', role: 'reader' }
  await retried(SHARE, async () => {
    const { id } = await attempt(({ permissions }, options) =>
      permissions.create({ ...file, requestBody, fields: 'id' }, options),
    )
    const permissionId = id ?? ''
    const { type } = await attempt(({ permissions }, options) =>
      permissions.get({ ...file, permissionId, fields: 'type,role' }, options),
    ).catch((error: unknown) => {
      if (error instanceof GoogleFailure && error.status === 404) throw notShared()
      throw error
    })
    if (type !== 'anyone') throw notShared()
  })
}

function notShared(): GoogleFailure {
  const explanation = 'failed after retries: Google Drive did not keep the permission'
  return new GoogleFailure('backoff', 'drive_unavailable', explanation, { detail: 'not shared' })
}

function gone(): AppError {
  return new AppError('file_not_found', CHANGE.notFound.message)
}

function failureBehind(error: unknown): GoogleFailure | undefined {
  const cause = error instanceof AppError ? error.cause : undefined
  return cause instanceof GoogleFailure ? cause : undefined
}
