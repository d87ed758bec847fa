import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeAtomically } from '../platform/atomic-write.ts'
import type { Config } from '../platform/config.ts'
import { uploaderError } from './failures.ts'

/** Access to one person's Drive, granted to an OAuth client. */
export interface Authorization {
  refresh_token: string
  /** The client it was granted to, if the file says so. */
  client?: { client_id: string; client_secret: string }
  access_token?: { token: string; expires: number }
  scopes?: string[]
}

/**
 * The formats of Google's libraries: Python's (token, expiry), Node's (type authorized_user, without an access token)
 * and the credentials of Node's OAuth2Client (access_token, expiry_date).
 */
const TokenFile = z.looseObject({
  refresh_token: z.string().min(1),
  client_id: z.string().min(1).optional(),
  client_secret: z.string().min(1).optional(),
  token: z.string().min(1).nullish(),
  expiry: z.string().nullish(),
  access_token: z.string().min(1).nullish(),
  expiry_date: z.number().nullish(),
  scopes: z.union([z.array(z.string()), z.string().transform((text) => text.split(' '))]).nullish(),
  scope: z.string().nullish(),
})

export function tokenFile(config: Config): string {
  return config.TOKEN_FILE ?? join(config.DATA_DIR, 'token.json')
}

/** undefined if there is no file. Rejects with `uploader_not_authorized` if it is in none of the formats. */
export async function readTokenFile(path: string): Promise<Authorization | undefined> {
  const file = await readFields(path)
  if (!file) return undefined
  const { refresh_token, client_id, client_secret } = file
  const token = file.token ?? file.access_token
  const expires = file.expiry_date ?? Date.parse(file.expiry ?? '')
  const scopes = file.scopes ?? file.scope?.split(' ')
  return {
    refresh_token,
    ...(client_id !== undefined && client_secret !== undefined && { client: { client_id, client_secret } }),
    ...(token && Number.isFinite(expires) && { access_token: { token, expires } }),
    ...(scopes && { scopes }),
  }
}

/** Writes a new authorisation in a format that both the Python and the Node library can read. */
export async function writeTokenFile(
  path: string,
  { refresh_token, client, access_token, scopes }: Authorization,
): Promise<void> {
  await writeSecret(path, {
    type: 'authorized_user',
    ...(access_token && { token: access_token.token }),
    refresh_token,
    token_uri: 'https://oauth2.googleapis.com/token',
    ...client,
    scopes,
    universe_domain: 'googleapis.com',
    account: '',
    ...(access_token && { expiry: new Date(access_token.expires).toISOString() }),
  })
}

/**
 * Saves a renewed access token in the file, without changing its format. Does nothing if the format has no field for
 * it, or if the file holds another authorisation by now.
 */
export async function saveAccessToken(
  path: string,
  { refresh_token, access_token }: Authorization,
): Promise<void> {
  const file = await readFields(path)
  if (!access_token || file?.refresh_token !== refresh_token) return
  const { token, expires } = access_token
  if ('token' in file) await writeSecret(path, { ...file, token, expiry: new Date(expires).toISOString() })
  else if ('access_token' in file)
    await writeSecret(path, { ...file, access_token: token, expiry_date: expires })
}

/** Whether other users of this machine may read the file. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o077) !== 0
}

async function readFields(path: string): Promise<z.output<typeof TokenFile> | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw uploaderError('unreadable', new Error(code))
  }
  try {
    return TokenFile.parse(JSON.parse(text))
  } catch {
    // The error would quote the file.
    throw uploaderError('unreadable')
  }
}

/** Only its owner can read the file. */
function writeSecret(path: string, content: object): Promise<void> {
  return writeAtomically(path, `${JSON.stringify(content, null, 2)}\n`, 0o600)
}
