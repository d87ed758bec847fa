import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { isLoopback } from '../http/origins.ts'
import { type Config, ConfigError } from '../platform/config.ts'

/** The OAuth client of this installation. */
export interface GoogleClient {
  client_id: string
  client_secret: string
  /** Where Google redirects people with the code. */
  redirect_uri: string
}

/** An OAuth client with all of its redirect URIs. */
export interface ClientKeys {
  client_id: string
  client_secret: string
  /** `installed` is a Desktop client. Undefined for a client from environment variables, which do not say. */
  type: 'installed' | 'web' | undefined
  redirect_uris: string[]
}

const Secrets = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  redirect_uris: z.array(z.string()).default([]),
})
/** The file that the Google Cloud console provides for clients of type Desktop and Web. */
const SecretsFile = z.union([
  z
    .object({ installed: Secrets })
    .transform(({ installed }) => ({ ...installed, type: 'installed' as const })),
  z.object({ web: Secrets }).transform(({ web }) => ({ ...web, type: 'web' as const })),
])

/**
 * The client in GOOGLE_CLIENT_ID and its related variables, else in CLIENT_SECRETS_FILE; undefined if neither is set.
 * Throws ConfigError, with no secret in the message, for an incomplete client and for a redirect URI that would
 * expose the code.
 */
export function googleClient(config: Config): GoogleClient | undefined {
  const keys = clientKeys(config)
  if (!keys) return undefined
  const redirect_uri = redirectOf(keys, config)
  checkRedirect(redirect_uri, config.OAUTHLIB_INSECURE_TRANSPORT)
  return { client_id: keys.client_id, client_secret: keys.client_secret, redirect_uri }
}

/**
 * The client without choosing a redirect URI, which a server that only uploads does not need. Reads the same sources
 * as `googleClient` and throws the same errors.
 */
export function clientKeys(config: Config): ClientKeys | undefined {
  return keysFromEnvironment(config) ?? keysFromFile(config)
}

/** The id alone: to compare tokens with it, the secret is not needed. Throws ConfigError for a damaged file. */
export function clientId(config: Config): string | undefined {
  return config.GOOGLE_CLIENT_ID ?? keysFromFile(config)?.client_id
}

/** Path of the client's JSON file, whether or not it exists. */
export function clientSecretsFile(config: Config): string {
  return config.CLIENT_SECRETS_FILE ?? join(config.DATA_DIR, 'client_secrets.json')
}

function keysFromEnvironment(config: Config): ClientKeys | undefined {
  if (config.GOOGLE_CLIENT_ID === undefined) return undefined
  if (config.GOOGLE_CLIENT_SECRET === undefined) {
    throw new ConfigError('GOOGLE_CLIENT_SECRET: required with GOOGLE_CLIENT_ID')
  }
  return {
    client_id: config.GOOGLE_CLIENT_ID,
    client_secret: config.GOOGLE_CLIENT_SECRET,
    type: undefined,
    redirect_uris: [],
  }
}

function keysFromFile(config: Config): ClientKeys | undefined {
  const file = clientSecretsFile(config)
  if (config.CLIENT_SECRETS_FILE === undefined && !existsSync(file)) return undefined
  return readSecrets(file)
}

function redirectOf({ type, redirect_uris }: ClientKeys, config: Config): string {
  if (config.GOOGLE_REDIRECT_URI !== undefined) return config.GOOGLE_REDIRECT_URI
  if (type === undefined) throw new ConfigError('GOOGLE_REDIRECT_URI: required with GOOGLE_CLIENT_ID')
  // Older files list `urn:ietf:wg:oauth:2.0:oob` first, which Google no longer accepts.
  const found = redirect_uris.find((uri) => /^https?:/.test(uri))
  if (found !== undefined) return found
  throw new ConfigError(
    `GOOGLE_REDIRECT_URI: required, because ${clientSecretsFile(config)} has no redirect URI`,
  )
}

function readSecrets(file: string): ClientKeys {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(
      `CLIENT_SECRETS_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
  try {
    return SecretsFile.parse(JSON.parse(text))
  } catch {
    throw new ConfigError(
      `CLIENT_SECRETS_FILE: ${file} is not an OAuth client file from the Google Cloud console`,
    )
  }
}

function checkRedirect(uri: string, insecureAllowed: boolean): void {
  const url = URL.parse(uri)
  if (url?.protocol === 'https:') return
  if (url?.protocol === 'http:' && (isLoopback(url.hostname) || insecureAllowed)) return
  throw new ConfigError(
    `GOOGLE_REDIRECT_URI: ${uri} must use https or be on this machine (OAUTHLIB_INSECURE_TRANSPORT=1 also allows http)`,
  )
}
