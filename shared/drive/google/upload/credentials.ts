import { AppError } from '../../../contract/app-error.ts'
import { GoogleFailure } from '../failure.ts'

/** Whose Drive it is. */
export interface DriveCredentials {
  /**
   * An access token that is good for a while; another one than `refused`, which Google did not take. Rejects with
   * AppError: `uploader_not_authorized`, `uploader_client_wrong`, `uploader_scope_missing`, `drive_unavailable`.
   */
  accessToken(refused?: string): Promise<string>
}

/** One attempt at a call, made again with a fresh token when Google does not take the first one. */
export async function withToken<T>(
  credentials: DriveCredentials,
  attempt: (accessToken: string) => Promise<T>,
): Promise<T> {
  const token = await credentials.accessToken()
  try {
    return await attempt(token)
  } catch (error) {
    if (!isRefused(error)) throw error
  }
  const fresh = await credentials.accessToken(token)
  return attempt(fresh).catch((error: unknown) => {
    if (!isRefused(error)) throw error
    const message =
      'Google Drive does not accept the authorisation for uploads: run `npm run authorize` again.'
    throw new AppError('uploader_not_authorized', message, { cause: error })
  })
}

function isRefused(error: unknown): boolean {
  return error instanceof GoogleFailure && error.code === 'token_expired'
}
