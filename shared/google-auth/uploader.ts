import type { DriveCredentials } from '../drive/google/upload/credentials.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { type ClientKeys, clientKeys } from './client-config.ts'
import { DRIVE } from './sign-in.ts'
import { type Authorization, noteAccessToken, readTokenFile, tokenFile } from './token-file.ts'
import { tokenError, uploaderError } from './uploader-failure.ts'

/** Milliseconds before its end at which a token is renewed: what is begun with it shall be finished with it. */
const MARGIN = 5 * 60_000
/** Also enough, for folders that this application has made itself. */
const DRIVE_FILE = 'https://www.googleapis.com/auth/drive.file'

export interface UploaderOptions {
  log: Log
  /** The longest time for a call, in milliseconds. */
  timeoutMs?: number
  /** Milliseconds since 1970. */
  now?: () => number
}

interface AccessToken {
  token: string
  /** Milliseconds since 1970. */
  expires: number
}

/**
 * Whose Drive uploads go to: the account of GOOGLE_REFRESH_TOKEN, else of TOKEN_FILE, else the service account. What
 * is missing or wrong is said by the calls, not here, and looked at again by the next one, so that nobody has to
 * restart a server after authorising it.
 */
export function driveUploader(
  config: Config,
  { log, timeoutMs = 10_000, now = Date.now }: UploaderOptions,
): DriveCredentials {
  let current: AccessToken | undefined
  let renewing: Promise<AccessToken> | undefined

  const good = (token: AccessToken | undefined, refused: string | undefined) =>
    token !== undefined && token.token !== refused && token.expires > now() + MARGIN

  async function renew(refused: string | undefined): Promise<AccessToken> {
    const authorization = await authorizationOf(config)
    if (!authorization) {
      const { serviceAccountToken } = await import('./service-account.ts')
      const named = config.GOOGLE_APPLICATION_CREDENTIALS !== undefined
      return serviceAccountToken({ oauthRoot: config.GOOGLE_OAUTH_ROOT, timeoutMs }, named)
    }
    const { access_token: known, scopes } = authorization
    checkScopes(scopes)
    if (known && good(known, refused)) return known
    const renewed = await renewAuthorization(config, authorization, timeoutMs)
    checkScopes(renewed.scopes)
    if (config.GOOGLE_REFRESH_TOKEN === undefined) {
      await noteAccessToken(tokenFile(config), renewed).catch((error: NodeJS.ErrnoException) => {
        // A file that cannot be written, as a mounted secret, still works.
        log.warn({ code: error.code }, 'the renewed access token was not noted in TOKEN_FILE')
      })
    }
    return renewed.access_token
  }

  return {
    async accessToken(refused) {
      if (current && good(current, refused)) return current.token
      renewing ??= renew(refused).finally(() => {
        renewing = undefined
      })
      current = await renewing
      // What others waited for may be the very token that was refused here.
      if (current.token === refused) current = await renew(refused)
      return current.token
    },
  }
}

/** Of GOOGLE_REFRESH_TOKEN, else of TOKEN_FILE; undefined where neither is there. */
export async function authorizationOf(config: Config): Promise<Authorization | undefined> {
  const { GOOGLE_REFRESH_TOKEN: refresh_token } = config
  return refresh_token === undefined ? readTokenFile(tokenFile(config)) : { refresh_token }
}

/** With a fresh access token. Rejects with AppError; one sentence says what helps. */
export async function renewAuthorization(
  config: Config,
  authorization: Authorization,
  timeoutMs: number,
): Promise<Authorization & { access_token: AccessToken }> {
  const keys = authorization.client ?? keysOf(config)
  // Google's library, loaded with the first token that is needed.
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

/** Throws `uploader_scope_missing` when the scopes are known and uploads are not among them. */
export function checkScopes(scopes: string[] | undefined): void {
  if (scopes && !scopes.includes(DRIVE) && !scopes.includes(DRIVE_FILE)) throw uploaderError('scope')
}

/** The OAuth client for uploads. Throws `uploader_client_wrong` without one and for half of one. */
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
