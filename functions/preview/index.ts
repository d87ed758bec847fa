import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openPreviewing } from '../../shared/platform/wiring/cloud.ts'
import { previewRoutes } from './handlers.ts'

serveRoutes('preview', async (config, log) => previewRoutes(await openPreviewing(config, log)))
