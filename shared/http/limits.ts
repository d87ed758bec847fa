import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { MemoryStore, rateLimiter } from 'hono-rate-limiter'
import { AppError, hasCode } from '../contract/app-error.ts'
import type { Config } from '../platform/config.ts'
import { KEY_REFUSED } from './caller.ts'
import { clientNetwork, fromThisMachine } from './client-address.ts'

/** What a wrong key or code is refused with. */
const REFUSALS = ['unauthorized', 'forbidden', 'album_code_wrong'] as const

/** Milliseconds in which requests are counted. */
const WINDOW = 600_000

export interface Limits {
  /**
   * For every request: refuses with `rate_limited` what costs the server or Google something, when it comes too often
   * from one network or for one album, and requests with a key or a code after too many wrong ones for the same thing.
   * Never limits this machine.
   */
  byNetwork: MiddlewareHandler
  /** Rejects with `rate_limited` after too many requests with this Google token. */
  byAccount(c: Context, accessToken: string): Promise<void>
  /** The network that a request is counted for; undefined for this machine, which is not limited. */
  networkOf(c: Context): string | undefined
}

/** What is counted together, by method and path below the base path. Everything else is not limited by network. */
const GROUPS: [RegExp, string][] = [
  [/^POST \/scan$/, 'scan'],
  [/^POST \/target-face$/, 'target-face'],
  [/^(GET|POST) \/auth\/google\/\w+$/, 'sign-in'],
]
/** A preview is made from an original. */
const ORIGINAL =
  /^(GET|HEAD) (\/albums\/[^/]+\/photos\/[^/]+|\/(scan\/[^/]+\/matches|drive\/files)\/[^/]+\/preview)$/
const ALBUM_SEARCH = /^POST (\/albums\/[^/]+)\/search$/

export interface LimitsOptions {
  basePath: string
  /** Whether access tokens are Google's. Where a directory is the Drive, guests may all send the same. */
  accounts: boolean
}

/** Counts in this process's memory: several instances each have their own count. */
export function requestLimits(config: Config, { basePath, accounts }: LimitsOptions): Limits {
  const callOf = (c: Context) => `${c.req.method} ${c.req.path.slice(basePath.length)}`
  const groupOf = (c: Context) => GROUPS.find(([pattern]) => pattern.test(callOf(c)))?.[1]
  const requests = limiter({
    limit: config.RATE_LIMIT_ADDRESS,
    skip: (c) => groupOf(c) === undefined,
    key: (c) => `${groupOf(c)} ${clientNetwork(c, config)}`,
  })
  const originals = limiter({
    limit: config.RATE_LIMIT_ORIGINALS,
    skip: (c) => !ORIGINAL.test(callOf(c)),
    key: (c) => clientNetwork(c, config),
  })
  const searches = [
    (c: Context) => clientNetwork(c, config),
    (c: Context) => ALBUM_SEARCH.exec(callOf(c))?.[1] ?? '',
  ].map((key) => limiter({ limit: config.RATE_LIMIT_ALBUM, skip: (c) => !ALBUM_SEARCH.test(callOf(c)), key }))
  const counted = every(requests, originals, ...searches, wrongKeyLimit(config, basePath))
  const tokens = new WeakMap<Context, string>()
  const scans = limiter({
    limit: config.RATE_LIMIT_ACCOUNT,
    skip: () => !accounts,
    key: (c) =>
      createHash('sha256')
        .update(tokens.get(c) ?? '')
        .digest('base64'),
  })
  return {
    async byNetwork(c, next) {
      if (fromThisMachine(c, config)) return next()
      await counted(c, next)
    },
    async byAccount(c, accessToken) {
      tokens.set(c, accessToken)
      await scans(c, async () => {})
    },
    networkOf: (c) => (fromThisMachine(c, config) ? undefined : clientNetwork(c, config)),
  }
}

interface Counting {
  /** Requests in a window; 0 for no limit. */
  limit: number
  skip(c: Context): boolean
  key(c: Context): string
}

function limiter({ limit, skip, key }: Counting): MiddlewareHandler {
  return rateLimiter({
    windowMs: WINDOW,
    limit,
    standardHeaders: 'draft-7',
    skip: (c) => limit === 0 || skip(c),
    keyGenerator: key,
    handler: () => {
      throw tooMany('Too many requests.')
    },
  })
}

/**
 * Counts keys and codes that were refused, by network and by what they were for: with the wrong key for one scan nobody can
 * lock others behind the same address out of theirs.
 */
function wrongKeyLimit(config: Config, basePath: string): MiddlewareHandler {
  const limit = config.RATE_LIMIT_WRONG_KEYS
  const store = new MemoryStore()
  store.init({ windowMs: WINDOW } as Parameters<typeof store.init>[0])

  /** Undefined for a request without a key. */
  function targetOf(c: Context): string | undefined {
    const [, room, id, part] = c.req.path.slice(basePath.length).split('/')
    // The code of an album is in the body.
    if (part === 'search') return `albums/${id}`
    const hasKey = ['authorization', 'x-api-key'].some((name) => c.req.header(name)) || c.req.query('key')
    if (!hasKey) return undefined
    if (part === 'photos') return `scan/${c.req.query('scan_id')}`
    return room === 'scan' ? `scan/${id}` : room
  }

  return async (c, next) => {
    const target = targetOf(c)
    if (limit === 0 || target === undefined) return next()
    const key = `${target} ${clientNetwork(c, config)}`
    const wrong = store.get(key)
    const wait = wrong?.resetTime ? Math.ceil((wrong.resetTime.getTime() - Date.now()) / 1000) : 0
    if (wrong && wrong.totalHits >= limit && wait > 0) {
      c.header('Retry-After', String(wait))
      throw tooMany('Too many wrong keys.')
    }
    await next()
    if (REFUSALS.some((code) => hasCode(c.error, code)) || c.get(KEY_REFUSED)) store.increment(key)
  }
}

const tooMany = (what: string) => new AppError('rate_limited', `${what} Please try again in a few minutes.`)
