import { FOLDER } from '../files.ts'
import type { UploadCalls } from './calls.ts'
import { CHANGE, LOOK } from './refusals.ts'

/** E-mail address of the account that uploads. Rejects as UploadDrive does. */
export async function uploadAccount({ call }: UploadCalls): Promise<string> {
  const { user } = await call(LOOK, ({ about }, options) =>
    about.get({ fields: 'user(emailAddress)' }, options),
  )
  return user?.emailAddress ?? 'unknown account'
}

/** The folder that uploads are to go to. Rejects with `folder_not_found`, also for what is no folder. */
export async function uploadFolder({ call }: UploadCalls, fileId: string) {
  const fields = 'name,mimeType,trashed,driveId,capabilities(canAddChildren)'
  const found = await call(LOOK, ({ files }, options) =>
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

/** Moves a file into the trash, where also those may move it who must not delete. */
export async function trash({ call }: UploadCalls, fileId: string): Promise<void> {
  const requestBody = { trashed: true }
  await call(CHANGE, ({ files }, options) =>
    files.update({ fileId, supportsAllDrives: true, fields: 'id', requestBody }, options),
  )
}
