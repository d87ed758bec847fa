import { Hono } from 'hono'
import { asyncApiDocument } from '../../shared/contract/asyncapi.ts'
import { openApiDocument } from '../../shared/contract/openapi.ts'
import type { DirectoryDrive } from '../../shared/drive/directory/drive.ts'
import type { DirectoryUpload } from '../../shared/drive/directory/upload.ts'
import type { SignIn } from '../../shared/google-auth/sign-in.ts'
import { BASE_PATH, createApp } from '../../shared/http/app.ts'
import type { CallerCheck } from '../../shared/http/caller.ts'
import type { SyncDeps } from '../../shared/jobs/sync.ts'
import type { Config } from '../../shared/platform/config.ts'
import type { StartDeps } from '../../shared/scan/start.ts'
import { authRoutes } from '../auth/handlers.ts'
import { qrRoutes } from '../qr/handlers.ts'
import { scanRoutes } from '../scan/handlers.ts'
import { syncRoutes } from '../sync/handlers.ts'
import { MAX_FILE, UPLOAD_PATH, uploadRoutes } from '../upload/handlers.ts'
import { contentRoutes } from './content.ts'
import { docsRoutes } from './docs/routes.ts'
import { pageRoutes } from './page.ts'

export interface LocalAppDeps extends StartDeps {
  /** Public address up to and including the base path. */
  apiBaseUrl: string
  signIn: SignIn
  /** Serves the originals if photos come from disk; undefined for Google Drive. */
  directoryDrive: DirectoryDrive | undefined
  uploads: SyncDeps
  /** Who may upload. */
  caller: CallerCheck
  /** Serves uploads that are stored on this machine. */
  stored: DirectoryUpload
}

/** Every endpoint on one app. */
export function localApp(config: Config, deps: LocalAppDeps): Hono {
  const app = createApp({
    log: deps.log,
    allowedOrigins: config.ALLOWED_ORIGINS,
    streamedPaths: [BASE_PATH + UPLOAD_PATH],
  })
  app.get('/health', (c) => c.json({ status: 'ok' }))

  const api = new Hono()
  api.route('/', authRoutes(deps))
  api.route('/', scanRoutes(deps))
  api.route('/', uploadRoutes(deps.uploads, { caller: deps.caller, maxFile: MAX_FILE.local }))
  api.route('/', syncRoutes(deps.uploads, { caller: deps.caller }))
  api.route('/', qrRoutes())
  api.route('/', contentRoutes(deps))
  api.get('/openapi.json', (c) => c.json(openApiDocument(deps.apiBaseUrl)))
  api.get('/asyncapi.json', (c) => c.json(asyncApiDocument(deps.apiBaseUrl)))
  api.route(
    '/',
    docsRoutes(() => asyncApiDocument(deps.apiBaseUrl)),
  )
  app.route(BASE_PATH, api)
  app.route('/', pageRoutes(config, deps))
  return app
}
