import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { type ClientKeys, clientKeys } from './client-config.ts'
import { tokenError, uploaderError } from './failures.ts'
import { DRIVE, DRIVE_READONLY } from './sign-in.ts'
import { type Authorization, readTokenFile, saveAccessToken, tokenFile } from './token-file.ts'

/** Milliseconds before its expiry when a token is renewed, so that a long call does not outlive it. */
const RENEWAL_MARGIN = 5 * 60_000
/** Milliseconds. */
const LONGEST_CALL = 10_000
/** Also sufficient, for folders that this application has created itself. */
const DRIVE_FILE = 'https://www.googleapis.com/auth/drive.file'

/** Access to the Drive that uploads go to. */
export interface UploaderCredentials {
  /**
   * An access token that stays valid for some minutes, and is not `refused`, which Google has rejected. Rejects with
   * AppError: `uploader_not_authorized`, `uploader_client_wrong`, `uploader_scope_missing`, `drive_unavailable`.
   */
  accessToken(refused?: string): Promise<string>
}

export interface UploaderOptions {
  log: Log
  /** The longest time for a call, in milliseconds. */
  timeoutMs?: number
  /** Milliseconds since 1970. */
  now?: () => number
  /** Throws if the scopes are known and are not enough. By default, for uploads. */
  checkScopes?: (scopes: string[] | undefined) => void
}

interface AccessToken {
  token: string
  /** Milliseconds since 1970. */
  expires: number
}

/**
 * The account that uploads: of GOOGLE_REFRESH_TOKEN, else of TOKEN_FILE, else the service account. Anything missing or
 * wrong makes a call fail, not this function, and each call looks again, so a server need not be restarted after it
 * has been authorised.
 */
export function driveUploader(config: Config, options: UploaderOptions): UploaderCredentials {
  const { log, timeoutMs = LONGEST_CALL, now = Date.now, checkScopes: check = checkScopes } = options
  return keeping(now, async (refused, isGood) => {
    const authorization = await authorizationOf(config)
    if (!authorization) return tokenOfServiceAccount(config, timeoutMs)
    const { access_token: known, scopes } = authorization
    check(scopes)
    if (known && isGood(known, refused)) return known
    const renewed = await renewAuthorization(config, authorization, timeoutMs)
    check(renewed.scopes)
    if (config.GOOGLE_REFRESH_TOKEN === undefined) {
      await saveAccessToken(tokenFile(config), renewed).catch((error: NodeJS.ErrnoException) => {
        // A file that cannot be written, such as a mounted secret, still works.
        log.warn({ code: error.code }, 'the renewed access token could not be saved in TOKEN_FILE')
      })
    }
    return renewed.access_token
  })
}

/** The service account, also where another account uploads. */
export function serviceAccount(
  config: Config,
  { timeoutMs = LONGEST_CALL, now = Date.now }: UploaderOptions,
): UploaderCredentials {
  return keeping(now, () => tokenOfServiceAccount(config, timeoutMs))
}

async function tokenOfServiceAccount(config: Config, timeoutMs: number): Promise<AccessToken> {
  const { serviceAccountToken } = await import('./service-account.ts')
  const named = config.GOOGLE_APPLICATION_CREDENTIALS !== undefined
  return serviceAccountToken({ oauthRoot: config.GOOGLE_OAUTH_ROOT, timeoutMs }, named)
}

type IsGood = (token: AccessToken, refused: string | undefined) => boolean

/** Keeps a token until it is about to expire or is refused; calls that need a new one wait for the same renewal. */
function keeping(
  now: () => number,
  renew: (refused: string | undefined, isGood: IsGood) => Promise<AccessToken>,
): UploaderCredentials {
  let current: AccessToken | undefined
  let renewing: Promise<AccessToken> | undefined
  const isGood: IsGood = ({ token, expires }, refused) =>
    token !== refused && expires > now() + RENEWAL_MARGIN

  return {
    async accessToken(refused) {
      if (current && isGood(current, refused)) return current.token
      renewing ??= renew(refused, isGood).finally(() => {
        renewing = undefined
      })
      current = await renewing
      // The renewal that this call joined may return the very token that was refused.
      if (current.token === refused) current = await renew(refused, isGood)
      return current.token
    },
  }
}

/** The authorisation in GOOGLE_REFRESH_TOKEN, else in TOKEN_FILE; undefined if there is neither. */
export async function authorizationOf(config: Config): Promise<Authorization | undefined> {
  const { GOOGLE_REFRESH_TOKEN: refresh_token } = config
  return refresh_token === undefined ? readTokenFile(tokenFile(config)) : { refresh_token }
}

/** The authorisation with a fresh access token. Rejects with AppError, whose message is the remedy. */
export async function renewAuthorization(
  config: Config,
  authorization: Authorization,
  timeoutMs: number,
): Promise<Authorization & { access_token: AccessToken }> {
  const keys = authorization.client ?? keysOf(config)
  // Loads Google's library with the first token that is needed.
  const { oauthClient } = await import('./oauth-client.ts')
  const oauth = oauthClient(
    { client_id: keys.client_id, client_secret: keys.client_secret },
    { oauthRoot: config.GOOGLE_OAUTH_ROOT, timeoutMs },
  )
  oauth.setCredentials({ refresh_token: authorization.refresh_token })
  const { credentials } = await oauth.refreshAccessToken().catch((error: unknown) => {
    throw tokenError(error)
  })
  const { access_token: token, expiry_date, scope } = credentials
  if (!token) throw uploaderError('refused')
  const scopes = scope?.split(' ') ?? authorization.scopes
  return {
    ...authorization,
    access_token: { token, expires: expiry_date ?? 0 },
    ...(scopes && { scopes }),
  }
}

/** Throws `uploader_scope_missing` if the scopes are known and do not include uploads. */
export function checkScopes(scopes: string[] | undefined): void {
  if (scopes && !scopes.includes(DRIVE) && !scopes.includes(DRIVE_FILE)) throw uploaderError('scope')
}

/** Throws `uploader_scope_missing` if the scopes are known and do not include reading folders that others have made. */
export function checkReadingScopes(scopes: string[] | undefined): void {
  if (scopes && !scopes.includes(DRIVE) && !scopes.includes(DRIVE_READONLY))
    throw uploaderError('reading_scope')
}

/** The OAuth client for uploads. Throws `uploader_client_wrong` if there is none or it is incomplete. */
export function keysOf(config: Config): ClientKeys {
  let keys: ClientKeys | undefined
  try {
    keys = clientKeys(config)
  } catch (error) {
    throw uploaderError('client_file', error)
  }
  if (!keys) throw uploaderError('no_client')
  return keys
}
