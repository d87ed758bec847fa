import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Config, ConfigError } from '../platform/config.ts'
import { isLoopback } from '../http/origins.ts'

/** The OAuth client of this installation. */
export interface GoogleClient {
  client_id: string
  client_secret: string
  /** Where Google sends a person back with the code. */
  redirect_uri: string
}

/** An OAuth client as it is, wherever it sends people back to. */
export interface ClientKeys {
  client_id: string
  client_secret: string
  /** Of the type Desktop or Web; undefined for a client of variables, which do not say. */
  type: 'installed' | 'web' | undefined
  redirect_uris: string[]
}

const Secrets = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  redirect_uris: z.array(z.string()).default([]),
})
/** The file that the Google Cloud console hands out for clients of type Desktop and of type Web. */
const SecretsFile = z.union([
  z
    .object({ installed: Secrets })
    .transform(({ installed }) => ({ ...installed, type: 'installed' as const })),
  z.object({ web: Secrets }).transform(({ web }) => ({ ...web, type: 'web' as const })),
])

/**
 * From GOOGLE_CLIENT_ID and the variables beside it, else from CLIENT_SECRETS_FILE; undefined where neither is
 * there. Throws ConfigError, without any secret in the message, for half a client and for a redirect URI over which
 * the code would travel unprotected.
 */
export function googleClient(config: Config): GoogleClient | undefined {
  const keys = clientKeys(config)
  if (!keys) return undefined
  const redirect_uri = redirectOf(keys, config)
  checkRedirect(redirect_uri, config.OAUTHLIB_INSECURE_TRANSPORT)
  return { client_id: keys.client_id, client_secret: keys.client_secret, redirect_uri }
}

/**
 * The client without a place to send people back to, which a server that only uploads does not have. From the same
 * places as `googleClient`, and throws as it does.
 */
export function clientKeys(config: Config): ClientKeys | undefined {
  return keysOfVariables(config) ?? keysOfFile(config)
}

/** Where the client is looked for as a file. */
export function clientSecretsFile(config: Config): string {
  return config.CLIENT_SECRETS_FILE ?? join(config.DATA_DIR, 'client_secrets.json')
}

function keysOfVariables(config: Config): ClientKeys | undefined {
  if (config.GOOGLE_CLIENT_ID === undefined) return undefined
  if (config.GOOGLE_CLIENT_SECRET === undefined) {
    throw new ConfigError('GOOGLE_CLIENT_SECRET: needed beside GOOGLE_CLIENT_ID')
  }
  return {
    client_id: config.GOOGLE_CLIENT_ID,
    client_secret: config.GOOGLE_CLIENT_SECRET,
    type: undefined,
    redirect_uris: [],
  }
}

function keysOfFile(config: Config): ClientKeys | undefined {
  const file = clientSecretsFile(config)
  if (config.CLIENT_SECRETS_FILE === undefined && !existsSync(file)) return undefined
  return readSecrets(file)
}

function redirectOf({ type, redirect_uris }: ClientKeys, config: Config): string {
  if (config.GOOGLE_REDIRECT_URI !== undefined) return config.GOOGLE_REDIRECT_URI
  if (type === undefined) throw new ConfigError('GOOGLE_REDIRECT_URI: needed beside GOOGLE_CLIENT_ID')
  // Older files name `urn:ietf:wg:oauth:2.0:oob` first, which Google no longer accepts.
  const found = redirect_uris.find((uri) => /^https?:/.test(uri))
  if (found !== undefined) return found
  throw new ConfigError(`GOOGLE_REDIRECT_URI: needed, since ${clientSecretsFile(config)} has no redirect URI`)
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
      `CLIENT_SECRETS_FILE: ${file} is not an OAuth client as the Google Cloud console hands it out`,
    )
  }
}

function checkRedirect(uri: string, insecureAllowed: boolean): void {
  const url = URL.parse(uri)
  if (url?.protocol === 'https:') return
  if (url?.protocol === 'http:' && (isLoopback(url.hostname) || insecureAllowed)) return
  throw new ConfigError(
    `GOOGLE_REDIRECT_URI: ${uri} must be https or on this machine (OAUTHLIB_INSECURE_TRANSPORT=1 also allows http)`,
  )
}
