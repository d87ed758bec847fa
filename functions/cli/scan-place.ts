import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ClientOptions } from '../../shared/client/client.ts'
import { AppError } from '../../shared/contract/app-error.ts'
import { isLocalLink } from '../../shared/drive/links.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import type { Config } from '../../shared/platform/config.ts'
import { consoleLog } from '../../shared/platform/console-log.ts'
import { addressOf, pageConfig } from './server-address.ts'

/** Where a scan runs: in a server that is already running, or in one started in this process. */
export interface ScanPlace {
  /** Address up to and including the base path. */
  api: string
  /** What a deployment has at other addresses. */
  addresses?: Pick<ClientOptions, 'scanBase' | 'updatesUrl'>
  link: string
  /** The folder is on Google Drive, so a Google access token is needed. */
  google: boolean
  /** The directory of photos, if this process serves them. */
  photosDir: string | undefined
  inProcess: boolean
  close(): Promise<void>
}

/**
 * A directory is scanned in this process, with data of its own that goes away again: what a running server serves is
 * its own affair. A link goes to the server at `url`, else to the one on HOST and PORT, else it is scanned in this
 * process on DATA_DIR.
 *
 * Throws AppError `invalid_link` for what is neither, and for a directory together with `url`.
 */
export async function openPlace(folder: string, url: string | undefined, config: Config): Promise<ScanPlace> {
  if (!folder.startsWith('local:') && isDirectory(folder)) {
    if (url)
      throw new AppError(
        'invalid_link',
        'A directory cannot be scanned with --url: give a folder link, or leave --url out.',
      )
    return ofDirectory(resolve(folder), config)
  }
  const google = isGoogle(folder)
  const running = url ?? addressOf(config)
  const page = running && (await pageConfig(running))
  if (page) {
    const { scan_base, updates_url } = page
    return {
      api: running + BASE_PATH,
      addresses: {
        ...(scan_base && { scanBase: scan_base }),
        ...(updates_url && { updatesUrl: updates_url }),
      },
      link: folder,
      google,
      photosDir: undefined,
      inProcess: false,
      close: async () => {},
    }
  }
  if (url) throw new AppError('not_found', `No server responds at ${url}.`)
  const { choosePhotos } = await import('../local/photos.ts')
  const photos = await choosePhotos(config)
  const server = await start(config, photos?.dir)
  return { ...server, link: folder, google, photosDir: photos?.dir, inProcess: true }
}

async function ofDirectory(photosDir: string, config: Config): Promise<ScanPlace> {
  const dataDir = await mkdtemp(join(tmpdir(), 'face-recon-scan-'))
  const remove = () => rm(dataDir, { recursive: true, force: true })
  try {
    const { api, close } = await start({ ...config, DATA_DIR: dataDir }, photosDir)
    const closeAll = () => close().finally(remove)
    return { api, link: 'local:/', google: false, photosDir, inProcess: true, close: closeAll }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The server is loaded here only: that takes longer than all the rest of a command that finds one running. */
async function start(config: Config, photosDir: string | undefined) {
  const { startServer } = await import('../local/server.ts')
  // A log line per request would break up the progress bar; a level set explicitly is kept.
  const log = await consoleLog(config.LOG_LEVEL === 'info' ? 'error' : config.LOG_LEVEL)
  // Whose token it is, is the affair of whoever runs the command.
  const own: Config = {
    ...config,
    HOST: '127.0.0.1',
    PORT: 0,
    API_BASE_URL: undefined,
    TOKEN_AUDIENCES: ['*'],
  }
  const { url, close } = await startServer(own, { log, photosDir, uploadJobs: false, watchFolders: false })
  return { api: url + BASE_PATH, close }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isGoogle(folder: string): boolean {
  try {
    return !isLocalLink(folder)
  } catch (error) {
    if (URL.canParse(folder)) throw error
    throw new AppError('invalid_link', `${folder} is neither a directory nor a link to a folder.`)
  }
}
