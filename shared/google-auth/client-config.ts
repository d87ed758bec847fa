import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Config, ConfigError } from '../config.ts'

/** The OAuth client of this installation. */
export interface GoogleClient {
  client_id: string
  client_secret: string
  /** Where Google sends a person back with the code. */
  redirect_uri: string
}

const Secrets = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  redirect_uris: z.array(z.string()).default([]),
})
/** The file that the Google Cloud console hands out for clients of type Desktop and of type Web. */
const SecretsFile = z.union([
  z.object({ installed: Secrets }).transform((file) => file.installed),
  z.object({ web: Secrets }).transform((file) => file.web),
])

/**
 * From GOOGLE_CLIENT_ID and the variables beside it, else from CLIENT_SECRETS_FILE; undefined where neither is
 * there. Throws ConfigError, without any secret in the message, for half a client and for a redirect URI over which
 * the code would travel unprotected.
 */
export function googleClient(config: Config): GoogleClient | undefined {
  const client = clientOfVariables(config) ?? clientOfFile(config)
  if (client) checkRedirect(client.redirect_uri, config.OAUTHLIB_INSECURE_TRANSPORT)
  return client
}

function clientOfVariables(config: Config): GoogleClient | undefined {
  if (config.GOOGLE_CLIENT_ID === undefined) return undefined
  if (config.GOOGLE_CLIENT_SECRET === undefined) {
    throw new ConfigError('GOOGLE_CLIENT_SECRET: needed beside GOOGLE_CLIENT_ID')
  }
  if (config.GOOGLE_REDIRECT_URI === undefined) {
    throw new ConfigError('GOOGLE_REDIRECT_URI: needed beside GOOGLE_CLIENT_ID')
  }
  return {
    client_id: config.GOOGLE_CLIENT_ID,
    client_secret: config.GOOGLE_CLIENT_SECRET,
    redirect_uri: config.GOOGLE_REDIRECT_URI,
  }
}

function clientOfFile(config: Config): GoogleClient | undefined {
  const file = config.CLIENT_SECRETS_FILE ?? join(config.DATA_DIR, 'client_secrets.json')
  if (config.CLIENT_SECRETS_FILE === undefined && !existsSync(file)) return undefined
  const { client_id, client_secret, redirect_uris } = readSecrets(file)
  // Older files name `urn:ietf:wg:oauth:2.0:oob` first, which Google no longer accepts.
  const redirect_uri = config.GOOGLE_REDIRECT_URI ?? redirect_uris.find((uri) => /^https?:/.test(uri))
  if (redirect_uri === undefined) {
    throw new ConfigError(`GOOGLE_REDIRECT_URI: needed, since ${file} has no redirect URI`)
  }
  return { client_id, client_secret, redirect_uri }
}

function readSecrets(file: string): z.output<typeof Secrets> {
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

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
