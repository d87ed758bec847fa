import { Hono } from 'hono'
import type { SearchDeps } from '../../shared/albums/search.ts'
import { asyncApiDocument } from '../../shared/contract/documents/asyncapi.ts'
import { openApiDocument } from '../../shared/contract/documents/openapi.ts'
import type { ApiBase } from '../../shared/drive/directory/download-url.ts'
import type { DirectoryDrive } from '../../shared/drive/directory/drive.ts'
import type { DirectoryUpload } from '../../shared/drive/directory/upload.ts'
import type { FileSignature } from '../../shared/drive/file-signature.ts'
import type { SignIn } from '../../shared/google-auth/sign-in.ts'
import { BASE_PATH, createApp } from '../../shared/http/app.ts'
import type { CallerCheck } from '../../shared/http/caller.ts'
import type { HostCheck } from '../../shared/http/hosts.ts'
import { requestLimits } from '../../shared/http/limits.ts'
import type { SyncDeps } from '../../shared/jobs/sync.ts'
import type { UploadOnceDeps } from '../../shared/jobs/upload-once.ts'
import type { Config } from '../../shared/platform/config.ts'
import type { Log } from '../../shared/platform/log.ts'
import type { StartDeps } from '../../shared/scan/start.ts'
import { type AlbumRoutesDeps, albumRoutes } from '../albums/handlers.ts'
import { authRoutes } from '../auth/handlers.ts'
import { type PreviewDeps, previewRoutes } from '../preview/handlers.ts'
import { type PictureDeps, pictureRoutes } from '../preview/pictures.ts'
import { qrRoutes } from '../qr/handlers.ts'
import { resultRoutes } from '../results/handlers.ts'
import { scanRoutes } from '../scan/handlers.ts'
import { syncRoutes } from '../sync/handlers.ts'
import { MAX_FILE, uploadRoutes } from '../upload/handlers.ts'
import { contentRoutes } from './content.ts'
import { docsRoutes } from './docs/routes.ts'
import { pageRoutes } from './page.ts'

export interface LocalAppOptions {
  log: Log
  checkHost: HostCheck
  base: ApiBase
  signIn: SignIn
  /** Serves the originals if photos come from disk; undefined for Google Drive. */
  directoryDrive: DirectoryDrive | undefined
  /** Of links to originals. */
  signature: FileSignature
  scanning: StartDeps & SearchDeps & AlbumRoutesDeps
  previewing: Pick<PreviewDeps, 'previewer' | 'previews' | 'anyToken'> & PictureDeps
  uploading: SyncDeps & UploadOnceDeps
  /** Who may upload. */
  caller: CallerCheck
  /** Serves uploads that are stored on this machine. */
  stored: DirectoryUpload
}

/** Every endpoint on one app. */
export function localApp(
  config: Config,
  {
    log,
    checkHost,
    base,
    signIn,
    directoryDrive,
    signature,
    scanning,
    previewing,
    uploading,
    caller,
    stored,
  }: LocalAppOptions,
): Hono {
  const limits = requestLimits(config, { basePath: BASE_PATH, accounts: directoryDrive === undefined })
  const app = createApp({
    log,
    allowedOrigins: config.ALLOWED_ORIGINS,
    checkHost,
    limit: limits.byNetwork,
  })
  app.get('/health', (c) => c.json({ status: 'ok' }))

  const api = new Hono()
  api.route('/', authRoutes({ signIn }))
  api.route('/', scanRoutes(scanning, limits))
  api.route('/', resultRoutes({ ...scanning, ...previewing }))
  api.route('/', previewRoutes({ ...scanning, ...previewing }))
  api.route('/', pictureRoutes(previewing, limits))
  api.route('/', albumRoutes(scanning, { caller }))
  api.route('/', uploadRoutes(uploading, { caller, maxFile: MAX_FILE.local }))
  api.route('/', syncRoutes(uploading, { caller }))
  api.route('/', qrRoutes())
  api.route('/', contentRoutes({ directoryDrive, signature, stored }))
  // Without a host, so that a viewer calls the server at the address at which it reads the document.
  const openApi = () => openApiDocument(new URL(base.apiBaseUrl).pathname)
  const asyncApi = () => asyncApiDocument(base.apiBaseUrl)
  api.get('/openapi.json', (c) => c.json(openApi()))
  api.get('/asyncapi.json', (c) => c.json(asyncApi()))
  api.route('/', docsRoutes({ openApi, asyncApi }))
  app.route(BASE_PATH, api)
  app.route('/', pageRoutes(config, { base, directoryDrive }))
  return app
}
