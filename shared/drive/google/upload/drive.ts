import { AppError, hasCode } from '../../../contract/app-error.ts'
import { isStoredId } from '../../ids.ts'
import type { UploadDrive, UploadSource } from '../../port.ts'
import { GoogleFailure } from '../failure.ts'
import { DELETED } from '../refusals.ts'
import { type GoogleUploadOptions, type UploadCalls, uploadCalls } from './calls.ts'
import { trash } from './check.ts'
import { googlePictures, MARK } from './picture.ts'

type UploadArguments = Parameters<UploadDrive['upload']>

/**
 * Uploads to Google Drive. The calls of one instance share a pacer, so a process should have a single instance. Holds
 * at most 8 MiB of a file in memory.
 */
export function googleUploadDrive(options: GoogleUploadOptions): UploadDrive {
  const calls = uploadCalls(options)
  /** The last upload under each id that is in progress. */
  const uploading = new Map<string, Promise<void>>()

  async function storeAndShare(...file: UploadArguments): Promise<void> {
    const [source, fileId, folderId, { replace = false } = {}] = file
    const created = await store(calls, source, fileId, folderId, replace)
    try {
      await share(calls, fileId)
    } catch (error) {
      // The upload may never be repeated; if it is, it takes the file out of the trash.
      if (created && !hasCode(error, 'drive_unavailable')) await trash(calls, fileId).catch(() => {})
      throw error
    }
  }

  return {
    async reserveId() {
      const parameters = { count: 1, space: 'drive', type: 'files', fields: 'ids' }
      const { ids } = await calls.call('reserve', ({ files }, method) =>
        files.generateIds(parameters, method),
      )
      const [id] = ids ?? []
      if (id === undefined) throw new AppError('drive_unavailable', 'Google Drive returned no file id.')
      return id
    },

    async upload(...file) {
      const [, fileId] = file
      // Reserved while uploads were stored on this machine.
      if (isStoredId(fileId)) throw deleted()
      // One after the other: one that fails would trash the file that another has just shared.
      const before = uploading.get(fileId) ?? Promise.resolve()
      const upload = before.catch(() => {}).then(() => storeAndShare(...file))
      uploading.set(fileId, upload)
      try {
        await upload
      } finally {
        if (uploading.get(fileId) === upload) uploading.delete(fileId)
      }
    },

    links: (fileId) => ({
      drive_link: `https://drive.google.com/file/d/${fileId}/view?usp=sharing`,
      download_link: `https://drive.google.com/uc?id=${fileId}&export=download`,
    }),

    picture: googlePictures(options),
  }
}

/** True if it created the file, false if the file existed. */
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
  // Created by another process in the meantime, or deleted before.
  else if (!(await change(calls, source, fileId))) throw deleted()
  return false
}

/** False if the id is taken, possibly by an earlier attempt whose response was lost. */
async function create(
  { put }: UploadCalls,
  source: UploadSource,
  id: string,
  folderId: string | undefined,
): Promise<boolean> {
  const parents = folderId === undefined ? {} : { parents: [folderId] }
  try {
    await put('create', source, { id, ...describe(source), ...parents })
    return true
  } catch (error) {
    const failure = failureBehind(error)
    if (failure?.status === 409) return false
    // The id was reserved by another account.
    if (failure?.status === 400 && /file ID is not usable/i.test(failure.message)) throw deleted()
    throw error
  }
}

const describe = ({ name, mime_type }: UploadSource) => ({ name, mimeType: mime_type, appProperties: MARK })

/** Replaces the file's content, name and type; false if there is no such file. */
async function change({ put }: UploadCalls, source: UploadSource, fileId: string): Promise<boolean> {
  try {
    await put('change', source, { ...describe(source), trashed: false }, fileId)
    return true
  } catch (error) {
    if (failureBehind(error)?.status === 404) return false
    throw error
  }
}

/** Takes the file out of the trash if it is there. Rejects with `file_not_found`, also for one of an earlier account, which everybody sees. */
async function restore({ call }: UploadCalls, fileId: string): Promise<void> {
  const file = { fileId, supportsAllDrives: true }
  const fields = 'trashed,ownedByMe,capabilities(canShare)'
  const { trashed, ownedByMe, capabilities } = await call('change', ({ files }, options) =>
    files.get({ ...file, fields }, options),
  )
  if (ownedByMe === false && capabilities?.canShare === false) throw deleted()
  if (!trashed) return
  const requestBody = { trashed: false }
  await call('change', ({ files }, options) => files.update({ ...file, fields: 'id', requestBody }, options))
}

/** Makes the file readable by anyone with the link, and verifies it. */
async function share({ attempt, retried }: UploadCalls, fileId: string): Promise<void> {
  const file = { fileId, supportsAllDrives: true }
  const requestBody = { type: 'anyone', role: 'reader' }
  await retried('share', async () => {
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
  return new GoogleFailure('notShared', 'the permission was not kept')
}

function deleted(): AppError {
  return new AppError('file_not_found', DELETED)
}

function failureBehind(error: unknown): GoogleFailure | undefined {
  const cause = error instanceof AppError ? error.cause : undefined
  return cause instanceof GoogleFailure ? cause : undefined
}
