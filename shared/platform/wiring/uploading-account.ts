import type { GoogleUploadOptions } from '../../drive/google/upload/calls.ts'
import type { uploadFolder } from '../../drive/google/upload/check.ts'
import type { UploadDrive } from '../../drive/port.ts'

/** What `npm run authorize` and `npm run doctor` ask Google Drive about the account that uploads. */
export interface UploadingAccount {
  /** The address of the account. */
  email(): Promise<string>
  folder(id: string): ReturnType<typeof uploadFolder>
  drive: UploadDrive
  trash(fileId: string): Promise<void>
}

export async function openUploadingAccount(options: GoogleUploadOptions): Promise<UploadingAccount> {
  const [{ uploadCalls }, { trash, uploadAccount, uploadFolder }, { googleUploadDrive }] = await Promise.all([
    import('../../drive/google/upload/calls.ts'),
    import('../../drive/google/upload/check.ts'),
    import('../../drive/google/upload/drive.ts'),
  ])
  const calls = uploadCalls(options)
  return {
    email: () => uploadAccount(calls),
    folder: (id) => uploadFolder(calls, id),
    drive: googleUploadDrive(options),
    trash: (fileId) => trash(calls, fileId),
  }
}
