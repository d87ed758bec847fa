import { OAuth2Client } from 'google-auth-library'
import { AppError } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'

/**
 * Checks an identity token with Google's published signing keys. Rejects with `unauthorized` for a token that is
 * invalid or for another audience, `forbidden` for an account that is not in IDENTITY_EMAILS, and
 * `oauth_unavailable` if the keys cannot be fetched.
 *
 * Imports Google's library: load this file with the first token.
 */
export function identityCheck(config: Config): (idToken: string) => Promise<void> {
  const oauthRoot = config.GOOGLE_OAUTH_ROOT
  const google = new OAuth2Client({
    transporterOptions: { timeout: 10_000 },
    ...(oauthRoot && {
      endpoints: { oauth2FederatedSignonPemCertsUrl: `${oauthRoot}/certs` },
      issuers: [oauthRoot],
    }),
  })

  return async (idToken) => {
    // The library caches the keys. Fetched here first so that a fault is not mistaken for a bad token.
    await google.getFederatedSignonCertsAsync().catch((cause: unknown) => {
      throw new AppError('oauth_unavailable', "Could not fetch Google's signing keys. Please try again.", {
        cause,
      })
    })
    const ticket = await google
      .verifyIdToken({ idToken, audience: config.IDENTITY_AUDIENCE ?? '' })
      .catch((cause: unknown) => {
        throw new AppError('unauthorized', 'This identity token was not accepted.', { cause })
      })
    const { email, email_verified } = ticket.getPayload() ?? {}
    if (email_verified !== true || !config.IDENTITY_EMAILS.includes(email ?? '')) {
      throw new AppError('forbidden', 'The account of this identity token is not in IDENTITY_EMAILS.')
    }
  }
}
