import { createHash } from 'node:crypto'
import * as z from 'zod'
import { AppError } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { clientId } from './client-config.ts'
import { oauthFailure } from './failures.ts'

/** Milliseconds for which the answer about a token holds. */
const KEPT = 600_000
/** Tokens whose answers are kept. Beyond that all are asked again. */
const MOST_KEPT = 10_000

/** The part of Google's answer that counts: https://developers.google.com/identity/sign-in/web/backend-auth */
const TokenInfo = z.object({ aud: z.string() })

/**
 * A check that a guest's access token was issued to this installation's OAuth client or to one of TOKEN_AUDIENCES:
 * without it, any application that its users let read their Drive could use this server in their name. Rejects with
 * `forbidden`; with `token_expired` for what Google does not know as a token, and with `oauth_unavailable` if it gives no answer,
 * since somebody could wait for that, or bring it about by many calls.
 *
 * Undefined where nothing is to be checked: no client is configured, or TOKEN_AUDIENCES has `*`.
 */
export function tokenAudience(
  config: Config,
  log: Log,
): ((accessToken: string) => Promise<void>) | undefined {
  const own = clientId(config)
  if (own === undefined || config.TOKEN_AUDIENCES.includes('*')) return undefined
  const accepted = [own, ...config.TOKEN_AUDIENCES]
  const known = new Map<string, { audience: string; until: number }>()

  const audienceOf = async (accessToken: string): Promise<string> => {
    const key = createHash('sha256').update(accessToken).digest('base64')
    const found = known.get(key)
    if (found && found.until > Date.now()) return found.audience
    // Google's library is loaded with the first token. No secret is needed to ask.
    const { oauthClient } = await import('./oauth-client.ts')
    const google = oauthClient(
      { client_id: own, client_secret: '' },
      { oauthRoot: config.GOOGLE_OAUTH_ROOT, timeoutMs: 3_000 },
    )
    const { aud: audience } = TokenInfo.parse(await google.getTokenInfo(accessToken))
    if (known.size >= MOST_KEPT) known.clear()
    known.set(key, { audience, until: Date.now() + KEPT })
    return audience
  }

  return async (accessToken) => {
    const audience = await audienceOf(accessToken).catch((error: unknown) => {
      const { unreachable, cause } = oauthFailure(error)
      log.warn({ reason: cause.message }, 'the audience of an access token is unknown')
      throw unreachable
        ? new AppError('oauth_unavailable', 'Google did not confirm the access token. Please try again.', {
            cause,
          })
        : new AppError('token_expired', 'Google does not know this access token. Please sign in again.', {
            cause,
          })
    })
    if (accepted.includes(audience)) return
    throw new AppError(
      'forbidden',
      'This access token was issued to another application. Sign in to this one to get a token.',
    )
  }
}
