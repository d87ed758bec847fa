import { Hono } from 'hono'
import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openPreviewing } from '../../shared/platform/wiring/cloud.ts'
import { previewRoutes } from './handlers.ts'
import { pictureRoutes } from './pictures.ts'

serveRoutes('preview', async (config, log, limits) => {
  const deps = await openPreviewing(config, log)
  return new Hono().route('/', previewRoutes(deps)).route('/', pictureRoutes(deps, limits))
})
