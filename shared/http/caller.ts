import { createHash, timingSafeEqual } from 'node:crypto'
import type { OAuth2Client } from 'google-auth-library'
import type { Context, MiddlewareHandler } from 'hono'
import { AppError } from '../contract/app-error.ts'
import { isLoopback } from '../google-auth/loopback.ts'
import type { Config } from '../platform/config.ts'
import { originAllowed } from './origins.ts'
import { bearer } from './validate.ts'

export interface CallerCheck {
  /** Lets a request through or throws `unauthorized`, `forbidden` or `oauth_unavailable`. */
  require: MiddlewareHandler
  /** Who may call, in a few words for the person who starts the server. */
  says: string
}

/**
 * Who may upload and sync: whoever has one of API_KEYS (`X-API-Key` or `Authorization: Bearer`), and whoever sends an
 * identity token of Google's for IDENTITY_AUDIENCE and is one of IDENTITY_EMAILS. Without either configured: programs
 * and allowed pages on this machine, as long as the server listens to nobody else.
 */
export function callerCheck(config: Config): CallerCheck {
  const keys = config.API_KEYS.map(digest)
  const identity = config.IDENTITY_AUDIENCE === undefined ? undefined : identityCheck(config)
  const closed = keys.length > 0 || identity !== undefined
  const local = config.PLATFORM === 'local' && isLoopback(config.HOST)

  async function check(c: Context): Promise<void> {
    if (!closed) {
      if (local) checkLocal(c, config.ALLOWED_ORIGINS)
      else
        throw new AppError('forbidden', 'Nobody may upload here until API_KEYS or IDENTITY_AUDIENCE is set.')
      return
    }
    const token = c.req.header('x-api-key') ?? bearer(c)
    if (token === undefined) {
      throw new AppError('unauthorized', 'Send an API key as X-API-Key or as Authorization: Bearer.')
    }
    if (isOneOf(keys, token)) return
    if (!identity || !isJwt(token)) throw new AppError('unauthorized', 'This API key is not accepted.')
    await identity(token)
  }

  return {
    async require(c, next) {
      await check(c)
      await next()
    },
    says: opening(),
  }

  function opening(): string {
    const named = identity && config.IDENTITY_EMAILS.length > 0
    const ways = [keys.length > 0 && 'an API key', named && 'an identity token'].filter(Boolean)
    if (ways.length > 0) return `open with ${ways.join(' or ')}`
    if (closed) return 'closed until IDENTITY_EMAILS or API_KEYS is set'
    if (local) return 'open to this machine only (API_KEYS lets others in)'
    return 'closed until API_KEYS or IDENTITY_AUDIENCE is set'
  }
}

/** What comes from a web page of elsewhere, under another name, or by way of a proxy, is not of this machine. */
function checkLocal(c: Context, allowedOrigins: readonly string[]): void {
  const host = c.req.header('host')
  const local =
    isLoopback(URL.parse(`http://${host}`)?.hostname ?? '') &&
    originAllowed(c.req.header('origin'), host, allowedOrigins) &&
    c.req.header('x-forwarded-for') === undefined &&
    c.req.header('forwarded') === undefined
  if (local) return
  throw new AppError('forbidden', 'Without API_KEYS only programs and pages on this machine may upload.')
}

function identityCheck(config: Config): (token: string) => Promise<void> {
  let client: Promise<OAuth2Client> | undefined
  return async (idToken) => {
    client ??= import('./identity-client.ts').then((module) =>
      module.identityClient(config.GOOGLE_OAUTH_ROOT),
    )
    const google = await client
    await google.getFederatedSignonCertsAsync().catch((cause: unknown) => {
      throw new AppError('oauth_unavailable', 'Google cannot be asked for its keys. Please try again.', {
        cause,
      })
    })
    const ticket = await google
      .verifyIdToken({ idToken, audience: config.IDENTITY_AUDIENCE ?? '' })
      .catch((cause: unknown) => {
        throw new AppError('unauthorized', 'This identity token is not accepted.', { cause })
      })
    const { email, email_verified } = ticket.getPayload() ?? {}
    if (email_verified !== true || !config.IDENTITY_EMAILS.includes(email ?? '')) {
      throw new AppError('forbidden', 'The account of this identity token is not one of IDENTITY_EMAILS.')
    }
  }
}

const digest = (key: string) => createHash('sha256').update(key).digest()

/** Compares with every key, in a time that tells nothing about any of them. */
function isOneOf(keys: Buffer[], candidate: string): boolean {
  const given = digest(candidate)
  return keys.map((key) => timingSafeEqual(key, given)).includes(true)
}

const isJwt = (token: string) => token.split('.').length === 3
