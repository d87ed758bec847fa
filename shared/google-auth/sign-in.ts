import type { OAuth2Client } from 'google-auth-library'
import * as z from 'zod'
import { AppError } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'
import { type GoogleClient, googleClient } from './client-config.ts'
import { oauthFailure } from './failures.ts'

/** https://developers.google.com/identity/protocols/oauth2/web-server */
const CONSENT_PAGE = 'https://accounts.google.com/o/oauth2/v2/auth'
export const DRIVE_READONLY = 'https://www.googleapis.com/auth/drive.readonly'
/** Full access to Drive, which uploads need. */
export const DRIVE = 'https://www.googleapis.com/auth/drive'
/** What guests are asked for: their identity, and read access to their Drive. */
export const GUEST_SCOPES = ['openid', 'email', DRIVE_READONLY]

export interface SignIn {
  /**
   * Google's consent page. Google returns `state` with the code. With a PKCE challenge (S256) the code is good only with its
   * verifier. Throws `oauth_not_configured`.
   */
  authorizationUrl(options?: { state?: string | undefined; codeChallenge?: string | undefined }): string
  /**
   * Exchanges the code for an access token, and returns it with its account. Rejects with `oauth_failed` if Google
   * refuses the code or the guest did not grant the scopes, `oauth_unavailable` if Google cannot be reached,
   * `oauth_not_configured`.
   */
  exchangeCode(code: string, codeVerifier?: string): Promise<{ access_token: string; email: string }>
}

/** Sign-in for guests. Throws ConfigError, see `googleClient`. With no client configured, only its calls fail. */
export function googleSignIn(config: Config, options: { timeoutMs?: number } = {}): SignIn {
  const client = googleClient(config)
  const oauthRoot = config.GOOGLE_OAUTH_ROOT
  let oauth: Promise<OAuth2Client> | undefined

  function configured(): GoogleClient {
    if (client) return client
    throw new AppError(
      'oauth_not_configured',
      'This server has no Google client, so signing in is not possible.',
    )
  }

  /** Google's library, loaded with the first code: the URL of the consent page does not need it. */
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
    throw new AppError(
      'oauth_failed',
      'Google did not reveal the e-mail address of the account. Please sign in again and allow it.',
    )
  }

  return {
    authorizationUrl({ state, codeChallenge } = {}) {
      const { client_id, redirect_uri } = configured()
      const query = new URLSearchParams({
        access_type: 'online',
        scope: GUEST_SCOPES.join(' '),
        response_type: 'code',
        client_id,
        redirect_uri,
        ...(state !== undefined && { state }),
        ...(codeChallenge !== undefined && {
          code_challenge: codeChallenge,
          code_challenge_method: 'S256',
        }),
      })
      return `${oauthRoot ? `${oauthRoot}/authorize` : CONSENT_PAGE}?${query}`
    },

    async exchangeCode(code, codeVerifier) {
      const request = { code, ...(codeVerifier !== undefined && { codeVerifier }) }
      const { tokens } = await (await library()).getToken(request).catch(refused)
      if (!tokens.access_token) throw new AppError('oauth_failed', 'Google sent no access token.')
      // On Google's page people can deselect some of the scopes.
      const granted = tokens.scope?.split(' ')
      if (granted && !granted.includes(DRIVE_READONLY) && !granted.includes(DRIVE)) {
        throw new AppError(
          'oauth_failed',
          'Access to Google Drive was not allowed. Please sign in again and allow it.',
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
    throw new AppError('oauth_unavailable', 'Could not reach Google to sign in. Please try again later.', {
      cause,
    })
  }
  const message =
    reason === 'invalid_grant'
      ? 'The sign-in code is invalid, expired or already used. Please sign in again.'
      : `Google refused the sign-in${reason ? ` (${reason})` : ''}.`
  throw new AppError('oauth_failed', message, { cause })
}
