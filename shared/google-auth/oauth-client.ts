import { OAuth2Client } from 'google-auth-library'
import type { GoogleClient } from './client-config.ts'

export interface OAuthClientOptions {
  /** Replaces Google's endpoints with `ROOT/authorize`, `ROOT/token` and `ROOT/tokeninfo`. */
  oauthRoot?: string | undefined
  /** The longest time for a call, in milliseconds, including retries after 5xx and lost connections. */
  timeoutMs?: number
}

/** google-auth-library's client with a time limit, which it lacks by default. */
export function oauthClient(
  { client_id, client_secret, redirect_uri }: Omit<GoogleClient, 'redirect_uri'> & Partial<GoogleClient>,
  { oauthRoot, timeoutMs = 10_000 }: OAuthClientOptions = {},
): OAuth2Client {
  return new OAuth2Client({
    clientId: client_id,
    clientSecret: client_secret,
    ...(redirect_uri !== undefined && { redirectUri: redirect_uri }),
    // A redirect would carry the client's secret to wherever it leads.
    transporterOptions: { timeout: timeoutMs, redirect: 'manual' },
    ...(oauthRoot && {
      endpoints: {
        oauth2AuthBaseUrl: `${oauthRoot}/authorize`,
        oauth2TokenUrl: `${oauthRoot}/token`,
        tokenInfoUrl: `${oauthRoot}/tokeninfo`,
      },
    }),
  })
}
