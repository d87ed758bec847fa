import { GoogleAuth } from 'google-auth-library'
import { tokenError, uploaderError } from './failures.ts'
import { DRIVE } from './sign-in.ts'

export interface ServiceAccountOptions {
  /** Replaces Google's token endpoint with `ROOT/token`. */
  oauthRoot: string | undefined
  timeoutMs: number
}

/**
 * A token for the service account of GOOGLE_APPLICATION_CREDENTIALS, which google-auth-library reads itself, or of the
 * platform. Rejects with AppError, also if there is neither.
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
  // Its errors quote the key file.
  const client = await auth.getClient().catch(() => {
    throw uploaderError(named ? 'service_account' : 'missing')
  })
  if (oauthRoot !== undefined) {
    client.transporter.interceptors.request.add({
      async resolved(request) {
        if (request.url.href === 'https://oauth2.googleapis.com/token') {
          request.url = new URL(`${oauthRoot}/token`)
        }
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
