import type { OAuth2Client } from 'google-auth-library'
import * as z from 'zod'
import { AppError } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'
import { type GoogleClient, googleClient } from './client-config.ts'
import { oauthFailure } from './oauth-failure.ts'

/** https://developers.google.com/identity/protocols/oauth2/web-server */
const CONSENT_PAGE = 'https://accounts.google.com/o/oauth2/v2/auth'
const DRIVE_READONLY = 'https://www.googleapis.com/auth/drive.readonly'
/** To read and write everything; what uploads need. */
export const DRIVE = 'https://www.googleapis.com/auth/drive'
/** What a guest is asked for: who they are, and to read their Drive. */
export const GUEST_SCOPES = ['openid', 'email', DRIVE_READONLY]

export interface SignIn {
  /** Google's consent page. `state` comes back with the code. Throws `oauth_not_configured`. */
  authorizationUrl(state?: string): string
  /**
   * The access token for a code of the consent page, and whose it is. Rejects with `oauth_failed` when Google refuses
   * the code or the guest did not allow what was asked, `oauth_unavailable` when Google cannot be reached,
   * `oauth_not_configured`.
   */
  exchangeCode(code: string): Promise<{ access_token: string; email: string }>
}

/** Sign-in of guests. Throws ConfigError, see `googleClient`; without any client the calls fail, not the start. */
export function googleSignIn(config: Config, options: { timeoutMs?: number } = {}): SignIn {
  const client = googleClient(config)
  const oauthRoot = config.GOOGLE_OAUTH_ROOT
  let oauth: Promise<OAuth2Client> | undefined

  function configured(): GoogleClient {
    if (client) return client
    throw new AppError('oauth_not_configured', 'This server has no Google client, so nobody can sign in.')
  }

  /** Google's library, loaded with the first code: the address of the consent page needs none. */
  function library(): Promise<OAuth2Client> {
    const configuredClient = configured()
    oauth ??= import('./oauth-client.ts').then(({ oauthClient }) =>
      oauthClient(configuredClient, { oauthRoot, ...options }),
    )
    return oauth
  }

  async function emailOf(accessToken: string): Promise<string> {
    const { transporter } = await library()
    const response = await transporter
      .request({
        url: `${config.GOOGLE_API_ROOT}/oauth2/v2/userinfo`,
        headers: { Authorization: `Bearer ${accessToken}` },
        responseType: 'json',
        retry: true,
      })
      .catch(refused)
    const user = UserInfo.safeParse(response.data)
    if (user.success) return user.data.email
    throw new AppError('oauth_failed', 'Google did not say whose account it is. Please allow it to.')
  }

  return {
    authorizationUrl(state) {
      const { client_id, redirect_uri } = configured()
      const query = new URLSearchParams({
        access_type: 'online',
        scope: GUEST_SCOPES.join(' '),
        response_type: 'code',
        client_id,
        redirect_uri,
        ...(state !== undefined && { state }),
      })
      return `${oauthRoot ? `${oauthRoot}/authorize` : CONSENT_PAGE}?${query}`
    },

    async exchangeCode(code) {
      const { tokens } = await (await library()).getToken(code).catch(refused)
      if (!tokens.access_token) throw new AppError('oauth_failed', 'Google sent no access token.')
      // Google's page lets people leave out a part of what is asked.
      const granted = tokens.scope?.split(' ')
      if (granted && !granted.includes(DRIVE_READONLY) && !granted.includes(DRIVE)) {
        throw new AppError(
          'oauth_failed',
          'Access to Google Drive was not allowed. Sign in again and allow it.',
        )
      }
      return { access_token: tokens.access_token, email: await emailOf(tokens.access_token) }
    },
  }
}

const UserInfo = z.object({ email: z.email() })
function refused(error: unknown): never {
  const { unreachable, reason, cause } = oauthFailure(error)
  if (unreachable) {
    throw new AppError('oauth_unavailable', 'Google cannot be reached for the sign-in. Try again later.', {
      cause,
    })
  }
  const message =
    reason === 'invalid_grant'
      ? 'The sign-in code is invalid, expired or already used. Please sign in again.'
      : `Google refused the sign-in${reason ? ` (${reason})` : ''}.`
  throw new AppError('oauth_failed', message, { cause })
}
