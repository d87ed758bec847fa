import { callerCheck } from '../../shared/http/caller.ts'
import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openUploading } from '../../shared/platform/wiring/cloud.ts'
import { syncRoutes } from './handlers.ts'

serveRoutes('sync', async (config, log) =>
  syncRoutes(await openUploading(config, log), { caller: callerCheck(config) }),
)
