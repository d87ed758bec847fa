import { Hono } from 'hono'
import type { Config } from '../../shared/config.ts'
import { asyncApiDocument } from '../../shared/contract/asyncapi.ts'
import { openApiDocument } from '../../shared/contract/openapi.ts'
import type { FolderDrive } from '../../shared/drive/folder.ts'
import type { SignIn } from '../../shared/google-auth/sign-in.ts'
import { BASE_PATH, createApp } from '../../shared/http/app.ts'
import type { StartDeps } from '../../shared/scan/start.ts'
import { authRoutes } from '../auth/handlers.ts'
import { scanRoutes } from '../scan/handlers.ts'
import { contentRoutes } from './content.ts'
import { pageRoutes } from './page.ts'

export interface LocalAppDeps extends StartDeps {
  /** Public address up to and including the base path. */
  apiBaseUrl: string
  signIn: SignIn
  /** Where originals are served from, when photos come from disk. */
  photos: FolderDrive | undefined
}

/** Every endpoint on one app. */
export function localApp(config: Config, deps: LocalAppDeps): Hono {
  const app = createApp({ log: deps.log, allowedOrigins: config.ALLOWED_ORIGINS })
  app.get('/health', (c) => c.json({ status: 'ok' }))

  const api = new Hono()
  api.route('/', authRoutes(deps))
  api.route('/', scanRoutes(deps))
  if (deps.photos) api.route('/', contentRoutes(deps.photos))
  api.get('/openapi.json', (c) => c.json(openApiDocument(deps.apiBaseUrl)))
  api.get('/asyncapi.json', (c) => c.json(asyncApiDocument(deps.apiBaseUrl)))
  app.route(BASE_PATH, api)
  app.route('/', pageRoutes(config, deps))
  return app
}
