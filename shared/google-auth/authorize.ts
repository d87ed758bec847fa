import { CodeChallengeMethod } from 'google-auth-library'
import type { Config } from '../platform/config.ts'
import type { ClientKeys } from './client-config.ts'
import { isLoopback } from '../http/origins.ts'
import { oauthClient } from './oauth-client.ts'
import { DRIVE } from './sign-in.ts'
import type { Authorization } from './token-file.ts'
import { checkScopes, keysOf } from './uploader.ts'
import { tokenError, uploaderError } from './uploader-failure.ts'

export interface ConsentRequest {
  /** Google's consent page. `state` comes back with the code. */
  url(redirectUri: string, state: string): string
  /**
   * The authorisation for a code of the consent page. Rejects with AppError, whose message is the remedy: Google
   * refuses the code, Drive was not allowed, or there is no refresh token.
   */
  exchange(code: string, redirectUri: string): Promise<Authorization>
}

/**
 * Asks for the Drive of the person in front of the consent page, for good: with a refresh token, which Google gives
 * only with a consent, hence `prompt`. The code is bound to this request by PKCE.
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
      // Google's page lets people leave out a part of what is asked.
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
 * Where a client may send people back to on this machine: undefined for any port, which Google grants to clients of
 * type Desktop. Throws `uploader_client_wrong` for a Web client without an address on this machine.
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
