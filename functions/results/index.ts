import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openResults } from '../../shared/platform/wiring/cloud.ts'
import { resultRoutes } from './handlers.ts'

serveRoutes('results', async (config, log) => resultRoutes(await openResults(config, log)))
