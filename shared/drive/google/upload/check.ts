import { FOLDER } from '../files.ts'
import type { UploadCalls } from './calls.ts'

/** E-mail address of the uploading account. Rejects as UploadDrive does. */
export async function uploadAccount({ call }: UploadCalls): Promise<string> {
  const { user } = await call('look', ({ about }, options) =>
    about.get({ fields: 'user(emailAddress)' }, options),
  )
  return user?.emailAddress ?? 'unknown account'
}

/** The item that is to be the target folder. Rejects as UploadDrive does. */
export async function uploadFolder({ call }: UploadCalls, fileId: string) {
  const fields = 'name,mimeType,trashed,driveId,capabilities(canAddChildren)'
  const found = await call('look', ({ files }, options) =>
    files.get({ fileId, supportsAllDrives: true, fields }, options),
  )
  return {
    name: found.name ?? '',
    isFolder: found.mimeType === FOLDER,
    trashed: found.trashed === true,
    writable: found.capabilities?.canAddChildren === true,
    inSharedDrive: found.driveId !== undefined && found.driveId !== null,
  }
}

/** Moves a file to the trash, which is also allowed to accounts that may not delete. */
export async function trash({ call }: UploadCalls, fileId: string): Promise<void> {
  const requestBody = { trashed: true }
  await call('change', ({ files }, options) =>
    files.update({ fileId, supportsAllDrives: true, fields: 'id', requestBody }, options),
  )
}
