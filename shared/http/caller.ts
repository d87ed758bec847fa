import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Context, MiddlewareHandler } from 'hono'
import { AppError, hasCode } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'
import { behindProxy, connectsFromHere, throughProxy } from './client-address.ts'
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
 * programs and allowed pages on this machine, whatever address the server listens on, provided no proxy is before it.
 *
 * @param networkKey a key that callers elsewhere may use as well, while this machine needs none
 */
export function callerCheck(config: Config, networkKey?: string): CallerCheck {
  const keys = config.API_KEYS.map(digest)
  const identity = config.IDENTITY_AUDIENCE === undefined ? undefined : identityCheck(config)
  const restricted = keys.length > 0 || identity !== undefined
  const local = config.PLATFORM === 'local' && !behindProxy(config) && !isPublished(config)
  const elsewhere = networkKey === undefined ? [] : [digest(networkKey)]

  async function check(c: Context): Promise<void> {
    if (!restricted) {
      if (local && isLocal(c, config.ALLOWED_ORIGINS)) return
      if (elsewhere.length === 0) {
        throw new AppError(
          'forbidden',
          local
            ? 'Without API_KEYS only programs and pages on this machine may upload.'
            : 'Uploads are disabled until API_KEYS or IDENTITY_AUDIENCE is set.',
        )
      }
    }
    const token = keyOf(c)
    if (token === undefined) {
      throw new AppError('unauthorized', 'Send an API key as X-API-Key or as Authorization: Bearer.')
    }
    if (isOneOf([...keys, ...elsewhere], token)) return
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
    if (networkKey !== undefined)
      return `open ${local ? 'to this machine, and to others ' : ''}with an API key`
    if (local) return 'open to this machine only (set API_KEYS to allow others)'
    return 'closed until API_KEYS or IDENTITY_AUDIENCE is set'
  }
}

const keyOf = (c: Context) => c.req.header('x-api-key') ?? bearer(c)

/** Not so: requests of other machines and of web pages elsewhere, under a foreign host name, or through a proxy. */
function isLocal(c: Context, allowedOrigins: readonly string[]): boolean {
  const host = c.req.header('host')
  return (
    connectsFromHere(c) &&
    isLoopback(URL.parse(`http://${host}`)?.hostname ?? '') &&
    originAllowed(c.req.header('origin'), host, allowedOrigins) &&
    !throughProxy(c)
  )
}

/**
 * Whether the server goes by a public name, or by an address at which something else listens: a program on this machine may
 * then pass on requests of others.
 */
function isPublished({ API_BASE_URL, ALLOWED_HOSTS, PORT }: Config): boolean {
  const isOwn = (name: string) => isLoopback(name) || isIP(name) === 4
  if (!ALLOWED_HOSTS.every(isOwn)) return true
  if (API_BASE_URL === undefined) return false
  const { hostname, protocol, port } = new URL(API_BASE_URL)
  if (isLoopback(hostname)) return false
  return !isOwn(hostname) || protocol !== 'http:' || Number(port || 80) !== PORT
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
