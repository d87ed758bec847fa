import { GoogleAuth } from 'google-auth-library'
import { DRIVE } from './sign-in.ts'
import { tokenError, uploaderError } from './uploader-failure.ts'

export interface ServiceAccountOptions {
  /** Replaces Google's token endpoint by `ROOT/token`. */
  oauthRoot: string | undefined
  timeoutMs: number
}

/**
 * A token of GOOGLE_APPLICATION_CREDENTIALS, which google-auth-library finds by itself, or of the platform. Rejects
 * with AppError, also when there are none.
 *
 * @param named whether GOOGLE_APPLICATION_CREDENTIALS is set
 */
export async function serviceAccountToken(
  { oauthRoot, timeoutMs }: ServiceAccountOptions,
  named: boolean,
): Promise<{ token: string; expires: number }> {
  const auth = new GoogleAuth({
    scopes: DRIVE,
    clientOptions: { transporterOptions: { timeout: timeoutMs } },
  })
  // Its errors quote from the key file.
  const client = await auth.getClient().catch(() => {
    throw uploaderError(named ? 'service_account' : 'missing')
  })
  if (oauthRoot !== undefined) {
    client.transporter.interceptors.request.add({
      async resolved(request) {
        if (request.url.href === 'https://oauth2.googleapis.com/token')
          request.url = new URL(`${oauthRoot}/token`)
        return request
      },
    })
  }
  const { token } = await client.getAccessToken().catch((error: unknown) => {
    const failure = tokenError(error)
    throw failure.code === 'drive_unavailable' ? failure : uploaderError('service_account', failure.cause)
  })
  if (!token) throw uploaderError('service_account')
  return { token, expires: client.credentials.expiry_date ?? 0 }
}
