import { AppError } from '../../../shared/contract/app-error.ts'
import { clientKeys } from '../../../shared/google-auth/client-config.ts'
import { oauthClient } from '../../../shared/google-auth/oauth-client.ts'
import { googleSignIn } from '../../../shared/google-auth/sign-in.ts'
import type { Config } from '../../../shared/platform/config.ts'
import { browserConsent } from './browser-consent.ts'

/**
 * Signs the user in and returns their access token. Throws `oauth_not_configured`, `oauth_failed`, `oauth_unavailable`.
 *
 * The OAuth client must be of type Desktop: only for those does Google accept any port.
 */
export async function loopbackSignIn(config: Config, signal: AbortSignal): Promise<string> {
  const keys = clientKeys(config)
  if (!keys) {
    throw new AppError(
      'oauth_not_configured',
      'Set ACCESS_TOKEN, or configure a Google client to sign in with.',
    )
  }
  const google = (redirectUri: string) => googleSignIn({ ...config, GOOGLE_REDIRECT_URI: redirectUri })
  // PKCE: another program on this machine that catches the code cannot use it.
  const { codeVerifier, codeChallenge } = await oauthClient(keys).generateCodeVerifierAsync()
  const { code, redirectUri } = await browserConsent({
    page: (address, state) => google(address).authorizationUrl({ state, codeChallenge }),
    signal,
  })
  const { access_token, email } = await google(redirectUri).exchangeCode(code, codeVerifier)
  console.error(`Signed in as ${email}.`)
  return access_token
}
