import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { AppError, hasCode } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'
import { behindProxy, throughProxy } from './client-address.ts'
import { isLoopback, originAllowed } from './origins.ts'
import { bearer } from './validate.ts'

export interface CallerCheck {
  /** Lets a request through or throws `unauthorized`, `forbidden` or `oauth_unavailable`. */
  require: MiddlewareHandler
  /** Whether `require` would let the request through, for calls that anybody may make but that tell some callers more. */
  allows(c: Context): Promise<boolean>
  /** Who may call, in a few words, for the person who starts the server. */
  summary: string
}

/** Variable of a request that is answered although its key was refused; wrong keys are counted, see limits.ts. */
export const KEY_REFUSED = 'keyRefused'

/**
 * Who may upload and sync: callers with one of API_KEYS (`X-API-Key` or `Authorization: Bearer`), and callers with a
 * Google identity token that was issued for IDENTITY_AUDIENCE to one of IDENTITY_EMAILS. With neither configured:
 * programs and allowed pages on this machine, provided the server listens on a loopback address and no proxy is before it.
 */
export function callerCheck(config: Config): CallerCheck {
  const keys = config.API_KEYS.map(digest)
  const identity = config.IDENTITY_AUDIENCE === undefined ? undefined : identityCheck(config)
  const restricted = keys.length > 0 || identity !== undefined
  const local = config.PLATFORM === 'local' && isLoopback(config.HOST) && !behindProxy(config)

  async function check(c: Context): Promise<void> {
    if (!restricted) {
      if (local) return checkLocal(c, config.ALLOWED_ORIGINS)
      throw new AppError('forbidden', 'Uploads are disabled until API_KEYS or IDENTITY_AUDIENCE is set.')
    }
    const token = keyOf(c)
    if (token === undefined) {
      throw new AppError('unauthorized', 'Send an API key as X-API-Key or as Authorization: Bearer.')
    }
    if (isOneOf(keys, token)) return
    if (!identity || !isJwt(token)) throw new AppError('unauthorized', 'This API key was not accepted.')
    await identity(token)
  }

  return {
    async require(c, next) {
      await check(c)
      await next()
    },
    async allows(c) {
      try {
        await check(c)
        return true
      } catch (error) {
        if (!hasCode(error, 'unauthorized') && !hasCode(error, 'forbidden')) throw error
        if (keyOf(c) !== undefined) c.set(KEY_REFUSED, true)
        return false
      }
    },
    summary: summary(),
  }

  function summary(): string {
    const named = identity && config.IDENTITY_EMAILS.length > 0
    const ways = [keys.length > 0 && 'an API key', named && 'an identity token'].filter(Boolean)
    if (ways.length > 0) return `open with ${ways.join(' or ')}`
    if (restricted) return 'closed until IDENTITY_EMAILS or API_KEYS is set'
    if (local) return 'open to this machine only (set API_KEYS to allow others)'
    return 'closed until API_KEYS or IDENTITY_AUDIENCE is set'
  }
}

const keyOf = (c: Context) => c.req.header('x-api-key') ?? bearer(c)

/** Refuses requests from web pages elsewhere, under a foreign host name, or through a proxy. */
function checkLocal(c: Context, allowedOrigins: readonly string[]): void {
  const host = c.req.header('host')
  const local =
    isLoopback(URL.parse(`http://${host}`)?.hostname ?? '') &&
    originAllowed(c.req.header('origin'), host, allowedOrigins) &&
    !throughProxy(c)
  if (local) return
  throw new AppError('forbidden', 'Without API_KEYS only programs and pages on this machine may upload.')
}

/** See identity.ts, which is loaded with the first token. */
function identityCheck(config: Config): (idToken: string) => Promise<void> {
  let loaded: Promise<(idToken: string) => Promise<void>> | undefined
  return async (idToken) => {
    loaded ??= import('./identity.ts').then((module) => module.identityCheck(config))
    await (await loaded)(idToken)
  }
}

const digest = (key: string) => createHash('sha256').update(key).digest()

/** Compares with every key in constant time, so that timing reveals nothing about any of them. */
function isOneOf(keys: Buffer[], candidate: string): boolean {
  const given = digest(candidate)
  return keys.map((key) => timingSafeEqual(key, given)).includes(true)
}

const isJwt = (token: string) => token.split('.').length === 3
