import { CodeChallengeMethod } from 'google-auth-library'
import { isLoopback } from '../http/origins.ts'
import type { Config } from '../platform/config.ts'
import type { ClientKeys } from './client-config.ts'
import { tokenError, uploaderError } from './failures.ts'
import { oauthClient } from './oauth-client.ts'
import { DRIVE } from './sign-in.ts'
import type { Authorization } from './token-file.ts'
import { checkScopes, keysOf } from './uploader.ts'

export interface ConsentRequest {
  /** Google's consent page. Google returns `state` with the code. */
  url(redirectUri: string, state: string): string
  /**
   * Exchanges the code for an authorisation. Rejects with AppError, whose message is the remedy, if Google refuses the
   * code, access to Drive was not allowed, or there is no refresh token.
   */
  exchange(code: string, redirectUri: string): Promise<Authorization>
}

/**
 * Asks for lasting access to a person's Drive, with a refresh token. Google issues one only after consent, hence
 * `prompt`. PKCE binds the code to this request.
 */
export async function requestConsent(config: Config): Promise<ConsentRequest> {
  const { client_id, client_secret } = keysOf(config)
  const client = { client_id, client_secret }
  const oauth = oauthClient(client, { oauthRoot: config.GOOGLE_OAUTH_ROOT })
  const { codeVerifier, codeChallenge = '' } = await oauth.generateCodeVerifierAsync()

  return {
    url: (redirect_uri, state) =>
      oauth.generateAuthUrl({
        redirect_uri,
        state,
        access_type: 'offline',
        prompt: 'consent',
        scope: DRIVE,
        code_challenge_method: CodeChallengeMethod.S256,
        code_challenge: codeChallenge,
      }),

    async exchange(code, redirect_uri) {
      const { tokens } = await oauth
        .getToken({ code, codeVerifier, redirect_uri })
        .catch((error: unknown) => {
          throw tokenError(error, 'code')
        })
      const { access_token: token, refresh_token, expiry_date, scope } = tokens
      const scopes = scope?.split(' ') ?? [DRIVE]
      // On Google's page people can deselect some of the scopes.
      checkScopes(scopes)
      if (!refresh_token) throw uploaderError('offline')
      return {
        refresh_token,
        client,
        scopes,
        ...(token && { access_token: { token, expires: expiry_date ?? 0 } }),
      }
    },
  }
}

/**
 * The client's redirect URI on this machine; undefined for a Desktop client, which may use any port. Throws
 * `uploader_client_wrong` for a Web client without a redirect URI on this machine.
 */
export function loopbackRedirect({ type, redirect_uris }: ClientKeys): string | undefined {
  if (type !== 'web') return undefined
  const found = redirect_uris.find((uri) => {
    const url = URL.parse(uri)
    return url?.protocol === 'http:' && isLoopback(url.hostname)
  })
  if (found === undefined) throw uploaderError('client_type')
  return found
}
