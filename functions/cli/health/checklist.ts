import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '../../../shared/contract/app-error.ts'
import { clientSecretsFile } from '../../../shared/google-auth/client-config.ts'
import { uploaderError } from '../../../shared/google-auth/failures.ts'
import { serviceAccountToken } from '../../../shared/google-auth/service-account.ts'
import { type Authorization, isOpenToOthers, tokenFile } from '../../../shared/google-auth/token-file.ts'
import {
  authorizationOf,
  checkScopes,
  keysOf,
  renewAuthorization,
} from '../../../shared/google-auth/uploader.ts'
import { BASE_PATH } from '../../../shared/http/app.ts'
import type { Config } from '../../../shared/platform/config.ts'
import { uploadsToGoogle } from '../../../shared/platform/wiring/adapters.ts'
import {
  openUploadingAccount,
  type UploadingAccount,
} from '../../../shared/platform/wiring/uploading-account.ts'
import { type Check, type Finding, TIMEOUT } from './check.ts'
import { readingChecks } from './reading.ts'

export interface ChecklistOptions {
  /** Also upload a file, make it public, and move it to the trash. */
  upload: boolean
  /** Link of a folder to read as an album of it would. */
  album: string | undefined
}

/**
 * Checks one after another what uploads to Google Drive need, and who may read folders for albums. Rejects only for bugs in this
 * program.
 */
export async function* healthChecklist(
  config: Config,
  { upload, album }: ChecklistOptions,
): AsyncGenerator<Finding> {
  const good = new Set<string>()
  for (const { name, after, look } of [...checks(config, upload), ...albumChecks(config, album)]) {
    if (after !== undefined && !good.has(after)) {
      yield { name, good: undefined, says: `not checked because of ${after}` }
      continue
    }
    try {
      const says = await look()
      good.add(name)
      yield { name, good: true, says }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      yield { name, good: false, says: withPaths(error.message, config) }
    }
  }
}

/** Names the files themselves instead of the variables that say where they are. */
function withPaths(message: string, config: Config): string {
  return message
    .replaceAll('CLIENT_SECRETS_FILE', clientSecretsFile(config))
    .replaceAll('TOKEN_FILE', tokenFile(config))
}

const needsGoogle = (config: Config): boolean =>
  config.PLATFORM === 'cloud' || uploadsToGoogle(config) || hasClient(config)

function albumChecks(config: Config, link: string | undefined): Check[] {
  const checks = readingChecks(config, link)
  if (checks.length > 0 || needsGoogle(config)) return checks
  return [{ name: 'Albums', look: async () => ofDirectory(link) }]
}

function ofDirectory(link: string | undefined): string {
  const google =
    'for folders of Google Drive, run `npm run authorize`, or set GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_API_KEY'
  if (link !== undefined)
    throw new AppError('uploader_not_authorized', `nothing is configured that may read it; ${google}`)
  return `of the directory that the server serves, for which no Google account is needed; ${google}`
}

function checks(config: Config, upload: boolean): Check[] {
  return [
    ...(needsGoogle(config)
      ? googleChecks(config, upload)
      : [{ name: 'Uploads', look: async () => onDisk(config) }]),
    { name: 'Links', look: async () => links(config) },
  ]
}

function onDisk(config: Config): string {
  return `stored in ${join(config.DATA_DIR, 'drive')}, for which no Google account is needed; to upload to Google Drive, save an OAuth client of type Desktop app as ${clientSecretsFile(config)} and run \`npm run authorize\``
}

function googleChecks(config: Config, upload: boolean): Check[] {
  let authorization: Authorization | undefined
  let scopes: string[] | undefined
  let token = ''
  const account = openUploadingAccount({
    apiRoot: config.GOOGLE_API_ROOT,
    credentials: { accessToken: async () => token },
    retries: 1,
    rateLimitTimeoutMs: TIMEOUT,
    timeoutMs: TIMEOUT,
  })

  const list: (Check | false)[] = [
    {
      name: 'OAuth client',
      async look() {
        const known = await authorizationOf(config).catch(() => undefined)
        const file = clientSecretsFile(config)
        if (!hasClient(config)) {
          if (known?.client) return `${known.client.client_id} from the token; ${file} does not exist`
          if (!known && config.GOOGLE_APPLICATION_CREDENTIALS) return 'not needed with a service account'
        }
        const { client_id, type } = keysOf(config)
        return type === undefined
          ? `${client_id} of GOOGLE_CLIENT_ID`
          : `${client_id} of ${file}, type ${type === 'web' ? 'Web' : 'Desktop'}`
      },
    },
    {
      name: 'Authorisation',
      async look() {
        authorization = await authorizationOf(config)
        if (authorization) return describe(authorization, config)
        const named = config.GOOGLE_APPLICATION_CREDENTIALS !== undefined
        const account = { oauthRoot: config.GOOGLE_OAUTH_ROOT, timeoutMs: TIMEOUT }
        ;({ token } = await serviceAccountToken(account, named))
        return 'a service account'
      },
    },
    {
      name: 'Renewal',
      after: 'Authorisation',
      async look() {
        if (!authorization) return 'not needed with a service account'
        const renewed = await renewAuthorization(config, authorization, TIMEOUT)
        token = renewed.access_token.token
        scopes = renewed.scopes
        return 'Google gives a fresh access token'
      },
    },
    {
      name: 'Scope',
      after: 'Renewal',
      async look() {
        checkScopes(scopes)
        return scopes?.join(' ') ?? 'not reported by Google'
      },
    },
    {
      name: 'Google Drive',
      after: 'Scope',
      look: async () => `the API responds; uploads go to the Drive of ${await (await account).email()}`,
    },
    {
      name: 'Target folder',
      after: 'Google Drive',
      look: async () => targetFolder(config.TARGET_FOLDER_ID, await account, authorization === undefined),
    },
    upload && {
      name: 'Test upload',
      after: 'Target folder',
      look: async () => testUpload(config.TARGET_FOLDER_ID, await account),
    },
  ]
  return list.filter((check) => check !== false)
}

function hasClient(config: Config): boolean {
  return config.GOOGLE_CLIENT_ID !== undefined || existsSync(clientSecretsFile(config))
}

/** Rejects if the token file belongs to a client other than the configured one. */
async function describe({ client }: Authorization, config: Config): Promise<string> {
  if (config.GOOGLE_REFRESH_TOKEN !== undefined) return 'GOOGLE_REFRESH_TOKEN, which overrides TOKEN_FILE'
  const path = tokenFile(config)
  const configured = hasClient(config) ? keysOf(config) : undefined
  if (client && configured && client.client_id !== configured.client_id) throw uploaderError('client')
  const advice = (await isOpenToOthers(path)) ? `; other users can read it, so run: chmod 600 ${path}` : ''
  return `${path}${client && configured ? ', of the same client' : ''}${advice}`
}

async function targetFolder(
  id: string | undefined,
  account: Pick<UploadingAccount, 'folder'>,
  serviceAccount: boolean,
): Promise<string> {
  const noSpace =
    'a service account has no storage of its own: set TARGET_FOLDER_ID to a folder in a shared drive'
  if (id === undefined) {
    if (serviceAccount) throw new AppError('folder_not_found', `not set, but ${noSpace}`)
    return 'TARGET_FOLDER_ID is not set: uploads go to the top level of the Drive'
  }
  const { name, isFolder, trashed, writable, inSharedDrive } = await account.folder(id)
  if (!isFolder) throw new AppError('folder_not_found', `"${name}" is not a folder: correct TARGET_FOLDER_ID`)
  if (trashed) throw new AppError('folder_not_found', `"${name}" is in the trash: restore it`)
  if (!writable) {
    throw new AppError(
      'folder_not_writable',
      `"${name}" is read-only for this account: share it with the account as an editor`,
    )
  }
  if (serviceAccount && !inSharedDrive) throw new AppError('drive_quota_exceeded', noSpace)
  return `"${name}" is writable`
}

/** One grey pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)

async function testUpload(
  folderId: string | undefined,
  { drive, trash }: Pick<UploadingAccount, 'drive' | 'trash'>,
): Promise<string> {
  const id = await drive.reserveId()
  const open = (offset: number) => Readable.from([PIXEL.subarray(offset)])
  const source = { name: 'face-recon-drive-test.png', mime_type: 'image/png', size: PIXEL.length, open }
  await drive.upload(source, id, folderId)
  await trash(id)
  return `file_id ${id} was stored, readable for anyone with its link, and moved to the trash`
}

function links({ API_BASE_URL, PORT }: Config): string {
  if (API_BASE_URL !== undefined) return `QR codes are at ${API_BASE_URL}/drive/qr`
  return `QR codes are at http://localhost:${PORT}${BASE_PATH}/drive/qr, for this machine only: set API_BASE_URL to change it`
}
